"""Every benchmark, one after the other; ``python -m tests.benchmarks`` is what ``make bench`` runs."""

from tests.benchmarks import (
    board,
    board_report,
    broadcast,
    dashboard,
    digests,
    evidence,
    finding,
    importing,
    kills,
    matching,
    mixed,
    pacing,
    paging,
    places,
    public,
    quarterly,
    receipts,
    response,
    safekeeping,
    savings,
    subscribers,
    trail,
)

if __name__ == "__main__":
    raise SystemExit(
        max(
            broadcast.main(10_000),
            kills.main(20, 10_000),
            importing.main(100_000),
            subscribers.main(1_000_000),
            digests.main(100_000),
            board.main(1_000_000),
            matching.main(200_000, 1_000_000),
            finding.main(1_000_000, 200_000, 150_000),
            places.main(2_700_000),
            response.main(1_000_000, 60),
            public.main(public.A_SECOND, public.SECONDS),
            mixed.main(1_000_000, mixed.A_SECOND, mixed.SECONDS),
            paging.main(10_000),
            pacing.main(pacing.A_SECOND),
            receipts.main(receipts.REPORTS),
            savings.main(500_000),
            evidence.main(500),
            trail.main(1_000_000),
            dashboard.main(1_000_000, 500_000),
            quarterly.main(1_000_000, 500_000),
            board_report.main(),
            safekeeping.main(1_000_000),
        )
    )
