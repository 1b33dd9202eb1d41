"""The results table, as docs/operations.md shows it."""

from tests.faults.campaign.scenarios import FASTEST, Result

HEAD = (
    "| "
    + " | ".join(
        (
            *("blows", "processes", "seed", "SIGKILLs", "owed", "missed", "extra", "allowed"),
            *("late", "worst", "most in a second", "in a ban", "presses lost", "time"),
        )
    )
    + " |",
    "|" + " --- |" * 14,
)


def row(result: Result) -> str:
    """One battle as a row."""
    scenario, verdict = result.scenario, result.verdict
    database = "PostgreSQL" if scenario.on_postgres else "SQLite"
    cells = (
        f"{result.blows} × {scenario.name}" if scenario.strike else scenario.name,
        f"{scenario.processes} on {database}",
        scenario.seed,
        result.kills,
        verdict.owed,
        len(verdict.missed),
        len(verdict.extra),
        result.copies + verdict.ambiguous,
        len(verdict.late),
        f"{verdict.worst:.1f} s",
        f"{verdict.fastest} of {FASTEST}",
        len(verdict.banned),
        result.lost_presses,
        f"{result.seconds:.0f} s",
    )
    return "| " + " | ".join(str(cell) for cell in cells) + " |"
