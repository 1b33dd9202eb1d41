"""Ids: none twice, none to be guessed, and those made together near each other."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

from habits.storage.ids import NEAR, TOGETHER, new_id

MANY = 100_000


def test_none_comes_twice_and_all_fit_a_signed_integer_of_eight_bytes():
    with ThreadPoolExecutor(4) as threads:
        ids = list(threads.map(lambda _: new_id(), range(MANY)))
    assert len(set(ids)) == MANY
    assert all(0 <= each < 2**63 for each in ids)


def test_those_made_together_lie_together():
    begin_alike = Counter(new_id() >> NEAR for _ in range(20 * TOGETHER))
    assert len(begin_alike) <= 21


def test_none_tells_the_next_one_nor_how_many_there_were():
    ids = [new_id() & (2**NEAR - 1) for _ in range(MANY)]
    for bit in range(NEAR):
        ones = sum(each >> bit & 1 for each in ids)
        assert abs(ones - MANY / 2) < 6 * (MANY / 4) ** 0.5
    rising = sum(later > earlier for earlier, later in pairwise(ids))
    assert abs(rising - MANY / 2) < 6 * (MANY / 4) ** 0.5
