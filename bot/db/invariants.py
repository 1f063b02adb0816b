"""The ledger's invariants, as queries that return violations."""

from __future__ import annotations

from collections.abc import Mapping

from bot.db.connection import Connection
from bot.domain.periods import Period

_SCOPE = "scope, guild_id, subject_id"
_OPEN = """
hold.kind = 'hold' AND NOT EXISTS (SELECT 1 FROM ledger AS ending WHERE ending.hold_id = hold.entry_id
                                   AND ending.kind IN ('capture', 'void', 'expire'))
"""
_HELD_AND_SPENT = ("held", "spent")
_BALANCE = "scope || ' ' || subject_id || ' of ' || guild_id || ', ' || period || ' ' || period_key"

_KEY_OF_DAY = {
    Period.DAY: "day",
    Period.WEEK: "date(day, 'weekday 0', '-6 days')",
    Period.MONTH: "substr(day, 1, 7)",
    Period.TOTAL: "''",
}
"""The key of the period that holds a day, as `bot.domain.periods.period_key` makes it."""
_KEYS = " ".join(f"WHEN '{period}' THEN {key}" for period, key in _KEY_OF_DAY.items())
_PERIODS = " UNION ALL ".join(f"SELECT '{period}' AS period" for period in _KEY_OF_DAY)


def _by_period(postings: str) -> str:
    """What postings add up to in each scope and period, as `summed`. The week begins on the Monday on or before a day.

    They are added up by day first: there are as many days as there are, and ever more postings.
    """
    return f"""
        WITH daily AS (
            SELECT {_SCOPE}, day, SUM(held_micros) AS held_micros, SUM(spent_micros) AS spent_micros
            FROM ({postings}) AS counted GROUP BY {_SCOPE}, day
        ), periods AS (
            {_PERIODS}
        ), summed AS (
            SELECT {_SCOPE}, period,
                   CASE period {_KEYS} END AS period_key,
                   SUM(held_micros) AS held_micros, SUM(spent_micros) AS spent_micros
            FROM daily JOIN periods ON scope <> 'grant' OR period = 'total'
            GROUP BY {_SCOPE}, period, period_key
        )
    """


def _differing(column: str, postings: str) -> str:
    """The balances that do not say of `column` what these postings add up to."""
    return f"""
        {_by_period(postings)}
        SELECT {_BALANCE} FROM balances LEFT JOIN summed USING ({_SCOPE}, period, period_key)
        WHERE balances.{column} <> COALESCE(summed.{column}, 0)
    """


def _sums(name: str, counts: str) -> str:
    """What the postings of an entry add up to in one scope. A channel's grant stands for its channel."""
    return ", ".join(
        f"SUM(CASE WHEN {counts} THEN p.{column}_micros ELSE 0 END) AS {name}_{column}" for column in _HELD_AND_SPENT
    )


INVARIANTS: Mapping[str, str] = {
    "I1: what is held is the sum of the open holds": _differing(
        "held_micros",
        f"SELECT postings.* FROM ledger AS hold JOIN postings ON postings.entry_id = hold.entry_id WHERE {_OPEN}",
    ),
    "I2: what is spent is the sum of captures and adjustments less the refunds": _differing(
        "spent_micros",
        "SELECT postings.* FROM postings JOIN ledger ON ledger.entry_id = postings.entry_id"
        " WHERE ledger.kind IN ('capture', 'refund', 'adjust')",
    ),
    "I3: no job was admitted beyond a limit": """
        SELECT 'job ' || job_id || ' in ' || scope || ', ' || period FROM admission_limits
        WHERE after_micros > limit_micros OR asked_micros > after_micros
    """,
    "I4: a hold ends at most once, and is refunded at most once": """
        SELECT 'hold ' || hold_id FROM ledger
        WHERE hold_id IS NOT NULL
        GROUP BY hold_id, CASE kind WHEN 'refund' THEN 1 ELSE 0 END HAVING COUNT(*) > 1
    """,
    "I5: a capture is at most its hold, a refund at most its capture, and the rest exactly what was held": """
        SELECT ending.kind || ' of hold ' || hold.entry_id
        FROM ledger AS ending JOIN ledger AS hold ON hold.entry_id = ending.hold_id
        LEFT JOIN ledger AS capture ON capture.hold_id = hold.entry_id AND capture.kind = 'capture'
        WHERE (ending.kind = 'capture' AND ending.amount_micros > hold.amount_micros)
           OR (ending.kind IN ('void', 'expire') AND ending.amount_micros <> hold.amount_micros)
           OR (ending.kind = 'refund' AND ending.amount_micros > COALESCE(capture.amount_micros, -1))
    """,
    "I6: a prediction that has not ended has exactly one open hold, one that has ended none": f"""
        SELECT 'prediction ' || p.prediction_id || ', ' || p.state FROM predictions AS p
        WHERE (CASE WHEN p.state IN ('completed', 'failed', 'withheld', 'cancelled') THEN 0 ELSE 1 END) <> (
            SELECT COUNT(*) FROM ledger AS hold
            WHERE hold.prediction_id = p.prediction_id AND {_OPEN}
        )
        UNION ALL
        SELECT 'prediction ' || p.prediction_id || ', ' || p.state FROM predictions AS p
        LEFT JOIN ledger AS capture ON capture.prediction_id = p.prediction_id AND capture.kind = 'capture'
        WHERE (p.state = 'completed') <> (capture.entry_id IS NOT NULL)
        UNION ALL
        SELECT 'prediction ' || prediction_id || ' has no end' FROM predictions
        WHERE (state IN ('completed', 'failed', 'withheld', 'cancelled')) <> (ended_at IS NOT NULL)
        UNION ALL
        SELECT 'closed job ' || job_id FROM jobs JOIN predictions USING (job_id)
        WHERE closed_at IS NOT NULL AND ended_at IS NULL
    """,
    "I7: a prediction at the provider belongs to one prediction of ours and at most one accepted attempt": """
        SELECT 'provider prediction ' || provider_id FROM predictions
        WHERE provider_id IS NOT NULL GROUP BY provider_id HAVING COUNT(*) > 1
        UNION ALL
        SELECT 'prediction ' || prediction_id FROM attempts
        WHERE outcome IS NULL OR outcome IN ('accepted', 'refused')
        GROUP BY prediction_id HAVING COUNT(*) > 1
        UNION ALL
        SELECT 'prediction ' || prediction_id || ', ' || state FROM predictions
        WHERE (state IN ('processing', 'review', 'completed', 'withheld') AND provider_id IS NULL)
           OR (state IN ('queued', 'submitting', 'unknown', 'cancelled') AND provider_id IS NOT NULL)
    """,
    "I8: a job has at most one result message, of its own": """
        SELECT 'message ' || result_message_id FROM jobs
        WHERE result_message_id IS NOT NULL GROUP BY result_message_id HAVING COUNT(*) > 1
    """,
    "I9: every scope of an entry carries the same amount, on the same day as its hold": f"""
        WITH counted AS (
            SELECT e.entry_id, e.kind,
                   CASE WHEN e.kind = 'hold' THEN e.amount_micros
                        WHEN e.kind IN ('capture', 'void', 'expire') THEN -hold.amount_micros ELSE 0 END AS held,
                   CASE WHEN e.kind IN ('capture', 'adjust') THEN e.amount_micros
                        WHEN e.kind = 'refund' THEN -e.amount_micros ELSE 0 END AS spent,
                   {_sums("server", "p.scope = 'server'")},
                   {_sums("bot", "p.scope = 'bot'")},
                   {_sums("purses", "p.scope IN ('member', 'grant')")},
                   {_sums("channel", "p.scope = 'channel' OR grants.kind = 'channel'")}
            FROM ledger AS e JOIN postings AS p ON p.entry_id = e.entry_id
            LEFT JOIN ledger AS hold ON hold.entry_id = e.hold_id
            LEFT JOIN grants ON p.scope = 'grant' AND grants.grant_id = p.subject_id
            GROUP BY e.entry_id, hold.entry_id
        )
        SELECT 'entry ' || entry_id || ', ' || kind FROM counted
        WHERE server_held <> held OR bot_held <> held OR server_spent <> spent OR bot_spent <> spent
           OR (kind <> 'adjust' AND (purses_held <> held OR purses_spent <> spent))
           OR (kind <> 'adjust' AND (channel_held <> held OR channel_spent <> spent))
        UNION ALL
        SELECT 'entry ' || e.entry_id || ' on another day than its hold' FROM ledger AS e
        JOIN postings AS p ON p.entry_id = e.entry_id
        JOIN postings AS h ON h.entry_id = e.hold_id AND h.scope = p.scope AND h.guild_id = p.guild_id
            AND h.subject_id = p.subject_id
        WHERE h.day <> p.day
        UNION ALL
        SELECT 'entry ' || entry_id || ' counts nowhere' FROM ledger
        WHERE NOT EXISTS (SELECT 1 FROM postings WHERE postings.entry_id = ledger.entry_id)
    """,
    "I10: entries are neither changed nor lost": """
        SELECT 'entries are missing' FROM (
            SELECT COUNT(*) AS kept, COALESCE(MAX(entry_id), 0) AS made FROM ledger
        ) AS counted
        WHERE kept <> made
        UNION ALL
        SELECT 'the trigger ' || name || ' is missing' FROM (
            SELECT 'ledger_keeps_its_entries' AS name UNION ALL SELECT 'ledger_loses_nothing'
            UNION ALL SELECT 'postings_keep_their_sums' UNION ALL SELECT 'postings_lose_nothing'
            UNION ALL SELECT 'audit_keeps_its_rows' UNION ALL SELECT 'audit_loses_nothing'
            EXCEPT SELECT name FROM sqlite_schema WHERE type = 'trigger'
        ) AS missing
    """,
    "I11: the balances are what the entries add up to": f"""
        {_by_period("SELECT * FROM postings")}
        SELECT {_BALANCE} || ' is kept' FROM (
            SELECT {_SCOPE}, period, period_key, held_micros, spent_micros FROM balances
            EXCEPT SELECT * FROM summed
        ) AS kept
        UNION ALL
        SELECT {_BALANCE} || ' is missing' FROM (
            SELECT * FROM summed EXCEPT
            SELECT {_SCOPE}, period, period_key, held_micros, spent_micros FROM balances
        ) AS missing
    """,
    "I13: money is whole micro-dollars": """
        SELECT 'table ' || name FROM pragma_table_list
        WHERE type = 'table' AND schema = 'main' AND name NOT LIKE 'sqlite_%' AND strict = 0
        UNION ALL
        SELECT 'entry ' || entry_id FROM ledger WHERE typeof(amount_micros) <> 'integer'
        UNION ALL
        SELECT 'posting of entry ' || entry_id FROM postings
        WHERE typeof(held_micros) <> 'integer' OR typeof(spent_micros) <> 'integer'
    """,
}
"""Each sentence with the query that finds where it is not true.

I12, that our captures are what the provider billed, cannot be seen from here: reconciling asks the provider.
"""


def violations(connection: Connection) -> tuple[str, ...]:
    """One sentence for each place where an invariant does not hold, at most three for each."""
    return tuple(
        f"{sentence}: {row[0]}"
        for sentence, query in INVARIANTS.items()
        for row in connection.execute(query).fetchmany(3)
    )
