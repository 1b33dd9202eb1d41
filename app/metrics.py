"""/metrics for Prometheus: everything promised, as numbers; docs/operations.md tells each."""

from collections.abc import Iterable, Mapping, Sequence
from math import nan

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from app.health import Health
from bot.hearing import Hearing
from bot.pacing import Pacing
from habits.admissions import NEWCOMERS
from habits.budget import Budget
from habits.clock import Clock, boottime
from habits.figures import Figures, figures
from habits.ledger import MESSAGES
from habits.outages import OUTAGES, SECONDS_AWAY
from habits.outcomes import Sent
from habits.rules.touch import TOUCHES
from habits.settling import Settlement
from habits.storage.database import Busy, Database

LATENESS = (0.1, 0.5, 1, 5, 15, 60, 300, 600, 3600, 21_600)
"""Seconds; a minute is what is promised."""


class Metrics:
    """What this process has seen, and what the database knows, at the moment somebody asks."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        budget: Budget,
        pacing: Pacing,
        webhook: Mapping[int, int],
    ) -> None:
        self._database = database
        self._clock = clock
        self._budget = budget
        self._pacing = pacing
        self._webhook = webhook
        self._seen = CollectorRegistry()
        self._lateness = Histogram(
            "letloose_reminder_lateness_seconds",
            "How long after its time a reminder was sent, by this process.",
            ("kind",),
            registry=self._seen,
            buckets=LATENESS,
        )
        for kind in TOUCHES:
            self._lateness.labels(kind)

    def settled(self, settlement: Settlement) -> None:
        """Take note of what became of a message."""
        owed = settlement.owed
        if isinstance(settlement.outcome, Sent) and owed.kind in TOUCHES:
            late = (settlement.at - owed.due_at).total_seconds()
            self._lateness.labels(owed.kind).observe(max(0.0, late))

    def route(self, health: Health, hearing: Hearing) -> Route:
        """The route that Prometheus asks."""

        async def metrics(_: Request) -> Response:
            try:
                known = await self._database.read(figures, self._clock.now())
            except Busy:
                return PlainTextResponse("The database does not answer.", 503)
            registry = CollectorRegistry()
            now = await self._of_now(health, hearing)
            registry.register(_Once([*_of_figures(known), *self._of_process(), *now]))
            body = generate_latest(self._seen) + generate_latest(registry)
            return Response(body, media_type=CONTENT_TYPE_LATEST)

        return Route("/metrics", metrics)

    def _of_process(self) -> list[Metric]:
        """What only grows, from nothing at each start: Prometheus adds it up over restarts."""
        tally = self._database.tally
        outages = tally.counts(OUTAGES).get((), 0)
        away = tally.counts(SECONDS_AWAY).get((), 0)
        return [
            _counter(
                "letloose_messages",
                "Messages owed and what became of them.",
                ("kind", "what", "reason"),
                tally.counts(MESSAGES),
            ),
            _counter(
                "letloose_newcomers",
                "Newcomers at the door and what became of them.",
                ("what",),
                tally.counts(NEWCOMERS),
            ),
            _counter("letloose_outages", "Outages noted.", (), {(): outages}),
            _counter("letloose_away_seconds", "Seconds of the outages noted.", (), {(): away}),
            _counter(
                "letloose_webhook_answers",
                "Answers at the webhook; other than 200 refused.",
                ("status",),
                {(str(status),): count for status, count in self._webhook.items()},
            ),
            _counter(
                "letloose_database_busy_seconds",
                "For how long threads were busy with the database.",
                ("work",),
                {(work,): seconds for work, seconds in tally.seconds().items()},
            ),
            _counter(
                "letloose_database_trouble",
                "Transactions begun again, and those given up.",
                ("what",),
                tally.counts("database"),
            ),
            _counter(
                "letloose_send_held_seconds",
                "Seconds for which Telegram wanted the whole bot to wait.",
                (),
                {(): self._budget.held_for},
            ),
        ]

    async def _of_now(self, health: Health, hearing: Hearing) -> list[Metric]:
        heard = hearing.heard_at
        return [
            _gauge(
                "letloose_updates_heard_seconds",
                "Since Telegram last let us know that updates can come; NaN before the first time.",
                nan if heard is None else boottime() - heard,
            ),
            _gauge("letloose_send_rate", "Messages a second at most.", self._budget.rate),
            _gauge(
                "letloose_send_waiting",
                "Messages that wait for the send budget, or for a pause to end.",
                self._pacing.waiting,
            ),
            _gauge(
                "letloose_send_held",
                "1 while Telegram wants the whole bot to wait.",
                self._budget.held,
            ),
            _gauge(
                "letloose_clock_held",
                "1 while nothing is sent because the clock is in doubt.",
                self._clock.held is not None,
            ),
            _gauge(
                "letloose_problems",
                "How many sentences /healthz has; 0 while all is well.",
                len(await health.problems()),
            ),
        ]


def _of_figures(known: Figures) -> list[Metric]:
    deliveries = GaugeMetricFamily(
        "letloose_deliveries",
        "Messages owed and what became of them, of the last 90 days.",
        labels=("kind", "state", "reason"),
    )
    for labels, count in known.deliveries.items():
        deliveries.add_metric(labels, count)
    return [
        deliveries,
        _gauge(
            "letloose_copies",
            "Messages sent again because it was open whether they had arrived.",
            known.copies,
        ),
        _gauge("letloose_due_seconds", "Since when the oldest message is due.", known.due_for),
        _gauge("letloose_inbox_waiting", "Updates that are kept and not handled.", known.waiting),
        _gauge(
            "letloose_inbox_waiting_seconds",
            "Since when the oldest of them has been waiting.",
            known.waiting_for,
        ),
        _gauge("letloose_outage_seconds", "Of all outages that are known.", known.away),
        _gauge(
            "letloose_outage_over_seconds",
            "Since the last outage ended; NaN without one.",
            nan if known.back_for is None else known.back_for,
        ),
    ]


def _counter(
    name: str, what: str, labels: Sequence[str], found: Mapping[tuple[str, ...], float]
) -> Metric:
    counter = CounterMetricFamily(name, what, labels=labels)
    for values, count in found.items():
        counter.add_metric(values, count)
    return counter


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(name, what, value=float(value))


class _Once(Collector):
    """Metrics that were put together beforehand."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        return self._metrics
