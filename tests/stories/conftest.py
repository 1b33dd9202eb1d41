"""Every story is watched for statements that could mean anybody's rows."""

from collections.abc import Iterator

import pytest

from tests import statements


@pytest.fixture(autouse=True)
def _every_statement_carries_its_person() -> Iterator[None]:
    with statements.watching() as offences:
        yield
    assert not offences, "no person in:\n" + "\n".join(sorted(offences))
