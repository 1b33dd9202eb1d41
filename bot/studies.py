"""The studies that /why may quote: what each found, as its abstract or a summary of it says.

Only what was read is in here; how it was read stands with it. A figure or a claim that no entry
carries is said nowhere (tests/bot/test_why.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Read(StrEnum):
    """What of a study was read."""

    ABSTRACT = "its abstract"
    SUMMARY = "its authors' summary"
    SECONDARY = "what others wrote of it"
    PRESS = "the press on it"


@dataclass(frozen=True, slots=True)
class Study:
    """One entry: the topic, what was found in the study's own figures, and where it stands."""

    topic: str
    found: str
    cited: str
    read: Read = Read.ABSTRACT


STUDIES: Mapping[str, Study] = {
    "Gollwitzer 2006": Study(
        "If-then plans",
        "d = 0.65, 94 tests",
        "Gollwitzer & Sheeran 2006, Advances in Experimental Social Psychology",
    ),
    "Sheeran 2024": Study(
        "If-then plans",
        "642 tests, 0.27 ≤ d ≤ 0.66; larger with if-then wording, high motivation, rehearsal",
        "Sheeran, Listrom & Gollwitzer 2024, European Review of Social Psychology",
    ),
    "Lally 2010": Study(
        "Habit formation",
        "96 volunteers, 18-254 days to 95% of asymptote; missing one opportunity did "
        "not matter; daily behaviours only, 39 good fits",
        "Lally et al. 2010, European Journal of Social Psychology",
    ),
    "Buyalskaya 2023": Study(
        "Habit formation",
        "gym habit takes months (about 6), handwashing weeks",
        "Buyalskaya et al. 2023, PNAS",
    ),
    "Silverman 2023": Study(
        "Broken streaks",
        "7 studies: highlighted intact > broken streaks, independent of real behaviour; "
        "worse when self-blamed; attenuated when repairable",
        "Silverman & Barasch 2023, Journal of Consumer Research",
    ),
    "Silverman": Study(
        "Broken streaks",
        "broken streak hurts even if caused externally; fades with time",
        "Silverman, Wharton grant summary",
        Read.SUMMARY,
    ),
    "Hendershot 2011": Study(
        "Lapse -> relapse",
        "guilt and all-or-nothing view turn a lapse into abandonment (AVE); 'what-the- hell'",
        "Hendershot et al. 2011",
        Read.SECONDARY,
    ),
    "Sharif 2017": Study(
        "Slack",
        "'must with 2 emergency skips' beats hard and easy goals; about +20% steps, "
        "+40% goal success",
        "Sharif & Shu 2017, Journal of Marketing Research",
        Read.SUMMARY,
    ),
    "Milkman 2021": Study(
        "Return",
        "of 53 programmes, 45% raised gym visits by 9-27%; best: small bonus for "
        "returning after a miss, +0.40 visits/week (+27%; about 16% over "
        "plan+reminder+micro-reward); 61,293 people; the baseline that worked: plan "
        "dates, text 30 min before, micro-reward",
        "Milkman et al. 2021, Nature",
    ),
    "Milkman 2014": Study(
        "Temptation bundling",
        "+51% / +29% initially, fading; 61% would pay for it",
        "Milkman, Minson & Volpp 2014, Management Science",
    ),
    "Harkin 2016": Study(
        "Monitoring",
        "d = 0.40 [0.32, 0.48], 138 studies, N = 19,951; larger if recorded or public",
        "Harkin et al. 2016, Psychological Bulletin",
    ),
    "Etkin 2016": Study(
        "Monitoring's cost",
        "6 experiments: measuring raises quantity, lowers enjoyment and later "
        "engagement; framed as fun",
        "Etkin 2016, Journal of Consumer Research",
    ),
    "Tonietto 2016": Study(
        "Scheduling leisure",
        "13 studies: exact times make leisure work-like and less enjoyable; rough windows do not",
        "Tonietto & Malkoc 2016, Journal of Marketing Research",
    ),
    "Stawarz 2015": Study(
        "Reminders and habit",
        "reminders helped repetition, hindered automaticity; event cues helped; "
        "reinforcement ineffective; 115 apps lacked event cues",
        "Stawarz, Cox & Blandford 2015, CHI",
    ),
    "Renfree 2016": Study(
        "App dependency",
        "streaks/reminders create dependency; dropping the app drops the behaviour",
        "Renfree et al. 2016, CHI Extended Abstracts",
    ),
    "Bell 2023": Study(
        "Notification effect",
        "opening within the hour x 3.5; standard text habituates",
        "Bell et al. 2023, JMIR mHealth (Drink Less)",
        Read.SECONDARY,
    ),
    "Bidargaddi 2018": Study(
        "Notification effect",
        "+3.9% engagement in 24 h, N = 1,255, 89 days",
        "Bidargaddi et al. 2018, JMIR mHealth",
    ),
    "Morrison 2017": Study(
        "Notification effect",
        "stress app: daily vs occasional prompts viewed d = .44-.47; 'intelligent' "
        "timing no better",
        "Morrison et al. 2017, PLoS ONE",
    ),
    "Nordby 2022": Study(
        "Notification effect",
        "weekly SMS reminders did not raise module completion",
        "Nordby et al. 2022",
    ),
    "Drink Less": Study(
        "Disengagement",
        "half of 19,233 users gone by day 22",
        "Drink Less, PMC7762688",
    ),
    "Epstein 2016": Study(
        "Return messages",
        "half of lapsed trackers felt guilty and wanted back; those satisfied found "
        "nudges judgemental",
        "Epstein et al. 2016",
        Read.PRESS,
    ),
    "Breines 2012": Study(
        "Self-compassion",
        "4 experiments: more motivation after failure",
        "Breines & Chen 2012, Personality and Social Psychology Bulletin",
    ),
    "Sirois 2015": Study(
        "Self-compassion",
        "r = .25 with health behaviours, 15 samples, N = 3,252",
        "Sirois et al. 2015, Health Psychology",
    ),
    "Ferrari 2019": Study(
        "Self-compassion",
        "interventions: stress g = 0.67, 27 RCTs",
        "Ferrari et al. 2019, Mindfulness",
    ),
    "Pressman 2009": Study(
        "Enjoyable leisure",
        "PEAT score: lower BP, cortisol, waist, BMI, depression; N = 1,399",
        "Pressman et al. 2009, Psychosomatic Medicine",
    ),
    "Mazzucchelli 2010": Study(
        "Activity scheduling",
        "well-being g = 0.52 (20 RCTs, N = 1,353); depression 0.87 [0.60, 1.15] (16, N = 780)",
        "Mazzucchelli et al. 2010",
    ),
    "Sonnentag 2007": Study(
        "Recovery",
        "detachment, relaxation, mastery, control",
        "Sonnentag & Fritz 2007",
    ),
    "Bennett 2018": Study(
        "Recovery",
        "detachment lowers fatigue most, control raises vigour; k = 54, N = 26,592",
        "Bennett et al. 2018, Journal of Organizational Behavior",
    ),
    "Headrick 2023": Study(
        "Recovery",
        "relaxation/mastery: positive outcomes; detachment: fewer negative; k = 316, N "
        "= 99,329; within-person smaller",
        "Headrick et al. 2023",
    ),
    "Wendsche 2017": Study(
        "Recovery",
        "detachment: small-medium; k = 91, N = 38,124",
        "Wendsche & Lohmann-Haislah 2017",
    ),
    "Karabinski 2021": Study(
        "Recovery",
        "interventions d = 0.36 (30 studies, N = 3,725); longer and denser better",
        "Karabinski et al. 2021, Journal of Occupational Health Psychology",
    ),
    "Dai 2014": Study(
        "Fresh start",
        "gym, searches, commitments rise after temporal landmarks (week +33%: secondary)",
        "Dai, Milkman & Riis 2014, Management Science",
    ),
}
"""By first author and year."""
