"""Which answers are kept: those that took long at once, look-ups when they are asked again, the oldest not for ever."""

from diplograph.server.caching import Answers
from diplograph.server.service import QueryJob, Result


def _result(body: bytes = b"{}", generation: str = "1") -> Result:
    return Result("application/sparql-results+json", body, generation=generation)


def test_an_answer_that_took_little_is_kept_only_when_it_is_asked_again() -> None:
    answers, job, result = Answers(1 << 20), QueryJob("ASK {}"), _result()
    answers.keep_if_asked_again(job, result)
    assert answers.find("1", job) is None
    answers.keep_if_asked_again(QueryJob("ASK { ?s ?p ?o }"), result)
    assert answers.find("1", job) is None
    answers.keep_if_asked_again(job, result)
    assert answers.find("1", job) is result


def test_asked_of_another_generation_is_not_asked_again() -> None:
    answers, job = Answers(1 << 20), QueryJob("ASK {}")
    answers.keep_if_asked_again(job, _result())
    answers.keep_if_asked_again(job, _result(generation="2"))
    assert answers.find("1", job) is None and answers.find("2", job) is None


def test_an_answer_that_took_long_is_kept_at_once_until_there_are_too_many() -> None:
    answers, result = Answers(100_000), _result(b"x" * 3000)
    jobs = [QueryJob(f"SELECT ?s{number} {{ ?s{number} ?p ?o }}") for number in range(100)]
    for job in jobs:
        answers.keep(job, result)
    kept = [job for job in jobs if answers.find("1", job) is result]
    assert kept == jobs[-len(kept) :] and 0 < len(kept) < 30
    answers.forget()
    assert not any(answers.find("1", job) for job in jobs)


def test_a_very_long_answer_and_one_that_changes_are_not_kept() -> None:
    answers, job = Answers(100_000), QueryJob("SELECT * { ?s ?p ?o }")
    answers.keep(job, _result(b"x" * 20_000))
    answers.keep(job, _result()._replace(stable=False))
    assert answers.find("1", job) is None
