"""Which files can be read together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from callstats_cli.formats.groups import Group


def group_files(groups: Iterable[Group]) -> list[Group]:
    """Groups of one file each, brought together where one reader call can read them."""
    together: dict[object, list[Group]] = {}
    for group in groups:
        together.setdefault(_signature(group), []).append(group)
    return [_joined(alike) for alike in together.values()]


def _signature(group: Group) -> object:
    found = tuple(
        (
            raw,
            tuple(reference._replace(per_file=reference.per_file and ("",)) for reference in found),
        )
        for raw, found in sorted(group.found.items())
    )
    alike = (
        group.format.name,
        group.format.nesting,
        group.kind,
        group.compression,
        group.wrapper,
        group.delimiter,
        group.header,
        group.shares_files,
        group.is_beside,
    )
    return (*alike, found)


def _joined(alike: list[Group]) -> Group:
    found = {
        raw: tuple(
            reference._replace(
                per_file=tuple(
                    value for group in alike for value in group.found[raw][position].per_file or ()
                ),
            )
            if reference.per_file is not None
            else reference
            for position, reference in enumerate(references)
        )
        for raw, references in alike[0].found.items()
    }
    return alike[0]._replace(
        files=tuple(path for group in alike for path in group.files),
        numbers=tuple(number for group in alike for number in group.numbers),
        found=found,
    )
