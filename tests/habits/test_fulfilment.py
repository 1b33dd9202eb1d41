"""What unwinds a person is said from enough answers, and proposed without boring them."""

from math import sqrt
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habits.rules.fulfilment import HOW_SURE, Answers, Fulfilment, fulfilling, interval, pick, share

FILM, BOOK, DINNER = 1, 2, 3

answers = st.builds(Answers, yes=st.integers(0, 300), no=st.integers(0, 300))
several_ways = st.dictionaries(st.integers(1, 99), answers, min_size=1, max_size=12)
randoms = st.integers(0, 2**32).map(Random)


@pytest.mark.parametrize(
    ("yes", "no", "expected"),
    [
        (0, 0, None),
        (3, 0, None),
        (0, 3, None),
        (4, 0, 1.0),
        (0, 4, 0.0),
        (3, 1, 0.75),
        (2, 4, 1 / 3),
    ],
)
def test_nothing_is_claimed_below_four_answers(yes, no, expected):
    assert share(Answers(yes, no)) == expected


def test_what_fulfils_most_comes_first_and_the_better_known_before_the_lesser():
    ways = {FILM: Answers(3, 0), BOOK: Answers(4, 0), DINNER: Answers(9, 0), 7: Answers(1, 3)}
    assert fulfilling(ways) == (
        Fulfilment(DINNER, 1.0, Answers(9, 0)),
        Fulfilment(BOOK, 1.0, Answers(4, 0)),
        Fulfilment(7, 0.25, Answers(1, 3)),
    )


@given(several_ways, st.lists(st.integers(1, 99), max_size=5), randoms)
def test_the_pick_is_one_of_the_ways_and_never_the_same_three_times_in_a_row(ways, last, random):
    for _ in range(10):
        last = [*last, pick(ways, last, random)]
        assert last[-1] in ways
        assert len(ways) == 1 or len(set(last[-3:])) > 1 or len(last) < 3


@given(several_ways, st.integers(0, 2**32))
def test_the_same_random_numbers_pick_the_same_way(ways, seed):
    assert pick(ways, [], Random(seed)) == pick(ways, [], Random(seed))


def test_the_only_way_is_picked_again_and_again():
    assert pick({FILM: Answers(0, 9)}, [FILM, FILM], Random(1)) == FILM


def test_there_is_nothing_to_pick_without_ways():
    with pytest.raises(ValueError, match="no way"):
        pick({}, [], Random(1))


def frequency(ways, way_id, last=(), draws=20_000):
    random = Random(20260307)
    return sum(pick(ways, last, random) == way_id for _ in range(draws)) / draws


def test_ways_nobody_knows_yet_have_the_same_chance():
    unknown = {FILM: Answers(0, 0), BOOK: Answers(0, 0), DINNER: Answers(0, 0)}
    assert all(frequency(unknown, way_id) == pytest.approx(1 / 3, abs=0.015) for way_id in unknown)


def test_a_way_is_drawn_as_often_as_its_posterior_is_the_higher_one():
    # P(Beta(2, 1) > Beta(1, 1)) = E[X] = 2/3, and P(Beta(3, 1) > Beta(1, 2)) = 9/10.
    one_yes = {FILM: Answers(1, 0), BOOK: Answers(0, 0)}
    assert frequency(one_yes, FILM) == pytest.approx(2 / 3, abs=0.015)
    two_and_one = {FILM: Answers(2, 0), BOOK: Answers(0, 1)}
    assert frequency(two_and_one, FILM) == pytest.approx(9 / 10, abs=0.015)


def test_what_fulfils_is_picked_more_often_and_what_does_not_keeps_a_chance():
    ways = {FILM: Answers(8, 2), BOOK: Answers(3, 3)}
    assert 0.8 < frequency(ways, FILM) < 0.99


def test_a_way_picked_twice_makes_room_for_the_others():
    ways = {FILM: Answers(90, 0), BOOK: Answers(0, 9)}
    assert frequency(ways, FILM, last=[FILM, FILM], draws=100) == 0.0
    assert frequency(ways, FILM, last=[FILM, FILM, BOOK], draws=100) > 0.9


@given(answers.filter(lambda given_answers: given_answers.yes + given_answers.no >= 4))
def test_at_both_ends_the_share_lies_as_far_off_as_chance_explains(given_answers):
    """Wilson's definition: his bounds are the p that solve |share - p| = z * sqrt(p(1 - p) / n)."""
    found, known = interval(given_answers), share(given_answers)
    assert found is not None
    assert known is not None
    for bound in found:
        chance = sqrt(bound * (1 - bound) / (given_answers.yes + given_answers.no))
        assert abs(known - bound) == pytest.approx(HOW_SURE * chance, abs=1e-6)


@given(answers)
def test_an_interval_holds_the_share_and_stays_between_never_and_always(given_answers):
    found, known = interval(given_answers), share(given_answers)
    assert (found is None) == (known is None)
    if found is not None and known is not None:
        assert 0 <= found[0] <= known + 1e-9
        assert known - 1e-9 <= found[1] <= 1
