"""Arabic time expressions in plain text: which dates, clock times and lengths they mean.

Words come from ``ontology/lexicon/time.toml``; :mod:`scanning` turns text into tokens, :mod:`grammar` says which
sequences of them are times, :mod:`resolution` what they mean from the day of writing, and :mod:`finding` joins what
belongs together.
"""

from diplograph.temporal.calendars import Tense, check_partial_date
from diplograph.temporal.datelines import read_date
from diplograph.temporal.durations import count_days, find_durations
from diplograph.temporal.finding import find_times

__all__ = ["Tense", "check_partial_date", "count_days", "find_durations", "find_times", "read_date"]
