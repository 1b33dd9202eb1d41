"""The streak, by hand, by a second reading of its rule, and by what must always hold."""

import re
from datetime import date, timedelta
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habits.rules.streak import MISSED_STANDINGS, Standing, of_last, run_weeks, walk
from habits.rules.week import Record, Week

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"
FIRST = date(2024, 1, 1)

KNOWN = {
    "K": {"done": 1},
    "M": {},
    "R": {"rests": True},
    "N": {"neutral": True},
    "O": {"settled": False},
    "F": {"due": False},
    "k": {"done": 1, "due": False},
}
LETTERS = {
    Standing.KEPT: "K",
    Standing.SAVED: "S",
    Standing.COMEBACK: "B",
    Standing.COVERED: "C",
    Standing.REPAIRED: "P",
    Standing.MENDABLE: "?",
    Standing.MISSED: "M",
    Standing.REST: "R",
    Standing.NEUTRAL: "N",
    Standing.OPEN: "O",
    Standing.FREE: "F",
}
SETTLED = "KMRN"


@cache
def record(place, letter):
    first = FIRST + timedelta(7 * place)
    known = {"target": 1, "done": 0, **KNOWN[letter]}
    return Record(Week(first, first + timedelta(7)), **known)


def streak_of(letters):
    return walk(record(place, letter) for place, letter in enumerate(letters))


def numbers(letters):
    streak = streak_of(letters)
    return streak.run, streak.best, streak.reserve


def standings(letters):
    return "".join(LETTERS[each.standing] for each in streak_of(letters).weeks)


EXAMPLES = [
    # weeks, run, best, reserve, standings
    ("", 0, 0, 0, ""),
    ("K", 1, 1, 0, "K"),
    ("KKK", 3, 3, 0, "KKK"),
    ("KKKK", 4, 4, 1, "KKKS"),
    ("KKKKKKKK", 8, 8, 2, "KKKSKKKS"),
    ("KKKKKKKKKKKK", 12, 12, 2, "KKKSKKKSKKKK"),
    # nothing to mend yet
    ("M", 0, 0, 0, "M"),
    ("MM", 0, 0, 0, "MM"),
    ("MK", 1, 1, 0, "MB"),
    ("MKK", 2, 2, 0, "MBK"),
    # a miss without a reserve
    ("KM", 1, 1, 0, "K?"),
    ("KMK", 1, 1, 0, "K?K"),
    ("KMKK", 3, 3, 0, "KPKK"),
    ("KMKKK", 4, 4, 1, "KPKKS"),
    ("KMKKM", 3, 3, 0, "KPKK?"),
    ("KMKKMKK", 5, 5, 1, "KPKKPSK"),
    ("KKKM", 3, 3, 0, "KKK?"),
    ("KKKMK", 3, 3, 0, "KKK?K"),
    ("KKKMKK", 5, 5, 1, "KKKPSK"),
    ("KKKMKKM", 5, 5, 0, "KKKPSKC"),
    # a second miss before the first is mended
    ("KMM", 0, 1, 0, "KMM"),
    ("KMMK", 1, 1, 0, "KMMB"),
    ("KMMKK", 2, 2, 0, "KMMBK"),
    ("KMKM", 1, 1, 0, "KMB?"),
    ("KMKMKK", 3, 3, 0, "KMBPKK"),
    ("KMKMM", 0, 1, 0, "KMBMM"),
    ("KKKMKM", 1, 3, 0, "KKKMB?"),
    ("KKKMMKKK", 3, 3, 0, "KKKMMBKK"),
    ("KKKMMKKKK", 4, 4, 1, "KKKMMBKKS"),
    # a miss with a reserve
    ("KKKKM", 4, 4, 0, "KKKSC"),
    ("KKKKMK", 5, 5, 0, "KKKSCK"),
    ("KKKKMKKK", 7, 7, 0, "KKKSCKKK"),
    ("KKKKMKKKK", 8, 8, 1, "KKKSCKKKS"),
    ("KKKKMM", 4, 4, 0, "KKKSC?"),
    ("KKKKMMK", 4, 4, 0, "KKKSC?K"),
    ("KKKKMMKK", 6, 6, 0, "KKKSCPKK"),
    ("KKKKMMM", 0, 4, 0, "KKKSCMM"),
    ("KKKKMMMK", 1, 4, 0, "KKKSCMMB"),
    ("KKKKKKKKMM", 8, 8, 0, "KKKSKKKSCC"),
    ("KKKKKKKKMMM", 8, 8, 0, "KKKSKKKSCC?"),
    ("KKKKKKKKMKKKK", 12, 12, 2, "KKKSKKKSCKKKS"),
    ("KKKKKKKKKKKKM", 12, 12, 1, "KKKSKKKSKKKKC"),
    # weeks passed over
    ("R", 0, 0, 0, "R"),
    ("RNMK", 1, 1, 0, "RNMB"),
    ("KRK", 2, 2, 0, "KRK"),
    ("KNNK", 2, 2, 0, "KNNK"),
    ("KKKRK", 4, 4, 1, "KKKRS"),
    ("KMRK", 1, 1, 0, "K?RK"),
    ("KMRKNK", 3, 3, 0, "KPRKNK"),
    ("KMRM", 0, 1, 0, "KMRM"),
    ("KKKKRM", 4, 4, 0, "KKKSRC"),
    # a first week that is not due
    ("F", 0, 0, 0, "F"),
    ("FK", 1, 1, 0, "FK"),
    ("kK", 2, 2, 0, "KK"),
    ("kKKKM", 4, 4, 0, "KKKSC"),
    # weeks still open
    ("O", 0, 0, 0, "O"),
    ("KO", 1, 1, 0, "KO"),
    ("OK", 1, 1, 0, "OK"),
    ("KKKKO", 4, 4, 1, "KKKSO"),
    ("KMO", 1, 1, 0, "K?O"),
    ("KMKO", 1, 1, 0, "K?KO"),
    ("KMMO", 0, 1, 0, "KMMO"),
    ("KOO", 1, 1, 0, "KOO"),
    ("KOK", 1, 1, 0, "KOK"),
    ("KOKK", 3, 3, 0, "KOKK"),
    ("KKKKOK", 5, 5, 1, "KKKSOK"),
    ("KMKOK", 1, 1, 0, "K?KOK"),
    ("KMOK", 1, 1, 0, "K?OK"),
    ("KMOKK", 1, 2, 0, "K?OKK"),
]


@pytest.mark.parametrize(("letters", "run", "best", "reserve", "expected"), EXAMPLES)
def test_a_streak_worked_out_by_hand(letters, run, best, reserve, expected):
    assert numbers(letters) == (run, best, reserve)
    assert standings(letters) == expected


def glossary_examples():
    row = re.compile(r"^\| `([KMRNOF]+)` \| (\d+) \| (\d+) \| (\d+) \|", re.MULTILINE)
    return row.findall(GLOSSARY.read_text(encoding="utf-8"))


def test_the_glossary_works_its_examples_out_right():
    examples = glossary_examples()
    assert len(examples) >= 20
    for letters, *told in examples:
        assert numbers(letters) == tuple(map(int, told)), letters


# A second reading of the rule: no walk, but what must be true of each week of a run.


def read_slowly(letters):
    """Return run, best and reserve by asking of each possible run how far it reaches."""
    weeks = letters.translate({ord(passed): None for passed in "RNF"}).upper()
    closed, reached, run, reserve = [0], 0, 0, 0
    while "K" in weeks[reached:]:
        begun = weeks.index("K", reached)
        reached = next((n for n in range(begun, len(weeks)) if not stands(weeks, begun, n)), None)
        if reached is None:
            return in_run(weeks, begun, len(weeks), [*closed, 0])
        mending = set(weeks[reached + 1 : reached + 3]) <= {"K"}
        if mending:
            return in_run(weeks, begun, reached, closed)
        closed.append(weeks[begun:reached].count("K"))
    return run, max(closed), reserve


def in_run(weeks, begun, end, closed):
    run = weeks[begun:end].count("K")
    return run, max(run, *closed, 0), reserve_before(weeks, begun, end)


def stands(weeks, begun, n):
    """Tell whether the run that began at `begun` gets over week `n`, if it got there."""
    return weeks[n] == "K" or reserve_before(weeks, begun, n) > 0 or weeks[n + 1 : n + 3] == "KK"


@cache
def reserve_before(weeks, begun, n):
    if n == begun:
        return 0
    before = reserve_before(weeks, begun, n - 1)
    if weeks[n - 1] == "M":
        return max(before - 1, 0)
    return min(before + (weeks[begun:n].count("K") % 4 == 0), 2)


def test_a_second_reading_of_the_rule_agrees_on_every_short_history():
    for length in range(10):
        for history in product(SETTLED, repeat=length):
            letters = "".join(history)
            assert numbers(letters) == read_slowly(letters), letters
        reserve_before.cache_clear()


def test_a_second_reading_agrees_on_every_longer_history_without_pauses():
    for history in product("KM", repeat=14):
        letters = "".join(history)
        assert numbers(letters) == read_slowly(letters), letters
    reserve_before.cache_clear()


mostly_kept = st.sampled_from("KKKKKKMMRN")
histories = st.text(mostly_kept, max_size=120)


@given(histories)
def test_a_second_reading_agrees_on_long_histories(letters):
    assert numbers(letters) == read_slowly(letters)


@given(histories, st.data())
def test_a_week_of_rest_or_neutral_changes_nothing_but_itself(letters, data):
    place = data.draw(st.integers(0, len(letters)))
    passed = data.draw(st.sampled_from("RNF"))
    longer = letters[:place] + passed + letters[place:]
    assert numbers(longer) == numbers(letters)
    before = standings(letters)
    assert standings(longer) == before[:place] + passed + before[place:]
    assert of_last(streak_of(longer)) == of_last(streak_of(letters))


@given(st.text(st.sampled_from("KKKKMMRNOFk"), max_size=120))
def test_what_always_holds(letters):
    streak = streak_of(letters)
    assert 0 <= streak.run <= streak.best <= streak.kept == letters.upper().count("K")
    assert 0 <= streak.reserve <= 2
    assert 0 <= streak.to_mend <= 2
    assert not (streak.to_mend and streak.reserve)
    assert bool(streak.to_mend) == any(w.standing is Standing.MENDABLE for w in streak.weeks)
    assert (streak.since is None) == (streak.run == 0)
    assert [each.record.week.first for each in streak.weeks] == [
        FIRST + timedelta(7 * n) for n in range(len(letters))
    ]


@given(histories)
def test_the_run_can_be_counted_again_from_its_own_weeks(letters):
    streak = streak_of(letters)
    weeks = run_weeks(streak)
    settled = [each.standing for each in weeks]
    if Standing.MENDABLE in settled:
        settled = settled[: settled.index(Standing.MENDABLE)]
    kept = sum(each in {Standing.KEPT, Standing.SAVED, Standing.COMEBACK} for each in settled)
    assert kept == streak.run
    assert settled.count(Standing.SAVED) - settled.count(Standing.COVERED) == streak.reserve
    assert Standing.MISSED not in settled


@given(histories, mostly_kept)
def test_time_never_takes_the_best_or_the_total_back(letters, following):
    before, after = streak_of(letters), streak_of(letters + following)
    assert after.best >= before.best
    assert after.kept >= before.kept
    if following == "K" and not before.to_mend:
        assert after.run == before.run + 1


@given(histories, mostly_kept)
def test_what_is_decided_stays_decided(letters, following):
    before, after = standings(letters), standings(letters + following)
    decided = before.index("?") if "?" in before else len(before)
    assert after[:decided] == before[:decided]


@given(histories)
def test_an_open_week_breaks_nothing(letters):
    assert numbers(letters + "O") == numbers(letters)
    assert standings(letters + "O") == standings(letters) + "O"
    assert numbers(letters + "OO") == numbers(letters)


def test_settling_an_open_week_never_takes_the_best_back():
    for length in range(8):
        for history in product("KMRO", repeat=length):
            letters = "".join(history)
            best = streak_of(letters).best
            for outcome in "KMR" if "O" in letters else "":
                assert streak_of(letters.replace("O", outcome, 1)).best >= best, letters


def test_keeping_one_more_of_up_to_ten_weeks_never_lowers_the_best():
    for length in range(11):
        best = {h: streak_of(h).best for h in map("".join, product("KM", repeat=length))}
        for letters, before in best.items():
            for place in range(length):
                corrected = letters[:place] + "K" + letters[place + 1 :]
                assert best[corrected] >= before, letters


def test_a_correction_can_lower_the_best_where_a_reserve_is_then_spent_before_its_need():
    # The fourth kept week comes earlier, so a miss is covered that would have been repaired,
    # and nothing is in hand for the two misses in a row that follow.
    assert standings("KMKKMKKMMKK") == "KPKKPSKCPKK"
    assert standings("KKKKMKKMMKK") == "KKKSCKKMMBK"
    assert (streak_of("KMKKMKKMMKK").best, streak_of("KKKKMKKMMKK").best) == (7, 6)


@pytest.mark.parametrize(
    ("letters", "to_mend"),
    [("KM", 2), ("KMK", 1), ("KMKK", 0), ("KMM", 0), ("KMRO", 2), ("KMOK", 1), ("KKKKM", 0)],
)
def test_it_says_how_many_weeks_would_mend_a_miss(letters, to_mend):
    assert streak_of(letters).to_mend == to_mend


@pytest.mark.parametrize(
    ("letters", "place"), [("K", 0), ("KMKK", 0), ("KMMRK", 4), ("KMKM", 2), ("RFMNK", 4)]
)
def test_it_says_since_when_the_run_stands(letters, place):
    assert streak_of(letters).since == FIRST + timedelta(7 * place)


@pytest.mark.parametrize(
    ("letters", "kept_and_due"),
    [
        ("", (0, 0)),
        ("RNOF", (0, 0)),
        ("k", (1, 1)),
        ("KRMNKO", (2, 3)),
        ("KM", (1, 2)),
        ("MMM" + "K" * 11 + "M", (11, 12)),
        ("MM" + "KRRRK" * 6, (12, 12)),
    ],
)
def test_kept_of_the_last_twelve_counts_due_weeks_only(letters, kept_and_due):
    assert of_last(streak_of(letters)) == kept_and_due


@given(histories, st.integers(1, 20))
def test_of_the_last_due_weeks_those_not_kept_were_missed(letters, count):
    kept, due = of_last(streak_of(letters), count)
    missed = [each for each in streak_of(letters).weeks if each.standing in MISSED_STANDINGS]
    assert due == min(count, letters.count("K") + len(missed))
    assert kept <= due
