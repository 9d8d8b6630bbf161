"""What a message asks the user to run can be run: each command and option that a text of the code names exists."""

from __future__ import annotations

import click
import pytest

from glassbook.cli import glassbook
from tests.support.spoken import Spoken, spoken

SPOKEN = spoken()


def test_there_are_such_texts() -> None:
    assert len(SPOKEN) > 40


@pytest.mark.parametrize("said", SPOKEN, ids=[said.place for said in SPOKEN])
def test_the_commands_that_it_names_are_there(said: Spoken) -> None:
    for words in said.commands:
        context = click.Context(glassbook)
        command: click.Command = glassbook
        rest = list(words)
        while isinstance(command, click.Group) and rest and rest[0].replace("-", "").isalpha() and rest[0].islower():
            found = command.get_command(context, rest[0])
            assert found is not None, f"no command {' '.join(words)}"
            command = found
            rest.pop(0)
        options = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        assert {word for word in rest if word.startswith("--")} <= options, f"{command.name} has no such option: {words}"
