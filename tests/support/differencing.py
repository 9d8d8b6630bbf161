"""What a reader of public pages can infer when they keep every page and know the rule: for tests of what pages leave out.

Belongs here: the rule in plain Python, calculated independently of the warehouse, and the attacks. Does not: making pages.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import product

Said = tuple[str | None, ...]
Page = Mapping[int, Said]
"""What one page says of each person, finest attribute last; None is left out, or never known."""
Seen = Mapping[str, Iterable[int]]
"""Per page, in order of days: the people of whom it shows anything."""


def coarsened(people: Mapping[int, Said], least: int) -> dict[int, Said]:
    """What may be published about a group of people: only what at least `least` of them share, and nothing that singles out a few."""
    left, said = dict(people), {}
    width = max(map(len, people.values()), default=0)
    for length in range(width, 0, -1):
        sizes = Counter(attributes[:length] for attributes in left.values())
        for person, attributes in list(left.items()):
            if sizes[attributes[:length]] >= least:
                said[person] = attributes[:length] + (None,) * (width - length)
                del left[person]
    said |= dict.fromkeys(left, (None,) * width)
    nothing = [person for person, attributes in said.items() if not any(attributes)]
    if 0 < len(nothing) < least:
        groups: dict[Said, list[int]] = defaultdict(list)
        for person, attributes in said.items():
            if any(attributes):
                groups[attributes].append(person)
        if groups:
            smallest = min(groups, key=lambda said: (len(groups[said]), tuple(part or "" for part in said)))
            said |= dict.fromkeys(groups[smallest], (None,) * width)
    return said


def pages_of(people: Mapping[int, Said], seen: Seen, least: int) -> dict[str, dict[int, Said]]:
    """Every page: the first that shows a person decides what is said of them, and each page says only what `least` people on it share."""
    settled: dict[int, Said] = {}
    pages = {}
    for day, shown in seen.items():
        new = {person: people[person] for person in shown if person not in settled}
        settled |= coarsened(new, least)
        pages[day] = coarsened({person: settled[person] for person in shown}, least)
    return pages


def small_groups(page: Page, least: int) -> list[Said]:
    """What a single page says of too few people: a group, or those of whom nothing is said while something is said of others."""
    sizes = Counter(page.values())
    return [said for said, size in sizes.items() if size < least and len(sizes) > 1]


def small_groups_over_time(pages: Sequence[Page], least: int) -> list[tuple[int, Said]]:
    """The same for all pages together: for those who first came on one page, the most that any page says of each."""
    finest: dict[int, Said] = {}
    came: dict[int, int] = {}
    for number, page in enumerate(pages):
        for person, said in page.items():
            came.setdefault(person, number)
            known = finest.get(person, said)
            finest[person] = tuple(one or other for one, other in zip(known, said, strict=True))
    found = []
    for number in range(len(pages)):
        found += [(number, said) for said in small_groups({p: finest[p] for p in finest if came[p] == number}, least)]
    return found


def told_apart(pages: Mapping[str, Page], seen: Seen, kinds: Sequence[str], least: int) -> dict[int, str]:
    """The people whose kind no page shows, but who have the same kind in every world that gives exactly these pages, by that

    kind. For pages of one attribute and few people: every world is tried.
    """
    everyone = sorted({person for page in pages.values() for person in page})
    told = {person: said[0] for page in pages.values() for person, said in page.items() if said[0] is not None}
    hidden = [person for person in everyone if person not in told]
    possible: dict[int, set[str]] = {person: set() for person in hidden}
    for guess in product(kinds, repeat=len(hidden)):
        world = {person: (kind,) for person, kind in [*told.items(), *zip(hidden, guess, strict=True)]}
        if pages_of(world, seen, least) == {day: dict(page) for day, page in pages.items()}:
            for person, kind in zip(hidden, guess, strict=True):
                possible[person].add(kind)
    return {person: kinds.pop() for person, kinds in possible.items() if len(kinds) == 1}
