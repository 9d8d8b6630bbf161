"""What is shown of a database's address: where it is, never who reads and with which password."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from glassbook.errors import InputError
from ingestion.sources.address import parts_of, shown, without_password
from ingestion.sources.mysql.address import connect_options

SECRET = "g:h%40m"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgresql://reader:g@10.0.0.5:6432/platform?sslmode=require", "postgresql://10.0.0.5:6432/platform"),
        ("postgres://a,b:5433/platform", "postgresql://a,b:5433/platform"),
        ("postgresql://[::1]/platform", "postgresql://[::1]/platform"),
        ("postgresql://%2Fvar%2Frun/platform", "postgresql:///var/run/platform"),
        ("postgresql:///platform?host=/var/run&user=reader", "postgresql:///var/run/platform"),
        ("postgresql:///platform", "postgresql://local/platform"),
    ],
)
def test_the_place_is_shown_and_nobody(url: str, name: str) -> None:
    assert shown(url, "postgresql", "local") == name


@pytest.mark.parametrize(
    "url", [f"mysql://u:{SECRET}@h/d", f"postgresql:///d?user=u&password={SECRET}", f"postgresql://h/d?sslpassword={SECRET}"]
)
def test_a_secret_is_blotted_out_as_it_stands_and_as_it_is_meant(url: str) -> None:
    assert without_password(f"bad {SECRET} and g:h@m of u", url) == "bad *** and *** of u"


def test_an_address_that_is_none_is_not_shown() -> None:
    with pytest.raises(InputError, match="%5B") as caught:
        parts_of("mysql://u:ge[heim@h/d")
    assert "heim" not in str(caught.value)


@pytest.mark.parametrize(
    ("rest", "found"),
    [
        ("h:abc/d", "port 'abc'"),
        ("h/d?connect_timeout=soon", "connect_timeout 'soon'"),
        ("h/d?charset=gbk", "charset=gbk"),
        ("h/d?sslmode=require", "option sslmode"),
        ("h/d?ssl_mode=maybe", "ssl_mode=MAYBE"),
    ],
)
def test_an_option_of_mysql_that_will_not_do_is_named(rest: str, found: str) -> None:
    url = parts_of(f"mysql://u:geheim@{rest}")
    with pytest.raises(InputError) as caught:
        connect_options(url, dict(parse_qsl(url.query)), "mysql://h/d")
    assert found in caught.value.found and "geheim" not in str(caught.value)
