"""What the login of a source may do besides reading, so that the person who granted it can revoke it.

Belongs here: asking, also where the server refuses to say. Does not: what one server calls such rights (the engines' folders), keeping a
query from using one (`ingestion.mapping.given_sql`, the read-only sessions). A file is opened read-only, whatever its owner may do.
"""

from __future__ import annotations

from ingestion.sources.database import DatabaseSource


def surplus_rights(source: object) -> list[str]:
    """What the login may do besides reading, one sentence each; none for a source without a login."""
    if not isinstance(source, DatabaseSource):
        return []
    try:
        return source.rights_beside_reading()
    except Exception as error:
        if source.said(error) is None:
            raise
        return [f"the server does not say what it may do ({source.said(error)})"]
