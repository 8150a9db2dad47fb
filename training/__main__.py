"""``python -m training``: runs the recipe, or some of its steps; going on where it was stopped."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from pathlib import Path

DESCRIPTION = """Makes the Arabic models from the treebank and the articles. What is done already is skipped; what was
stopped goes on from its last checkpoint, so the command can be killed at any time and given again.

example:
  nice -n 19 python -m training --work training-work
  python -m training --work training-work --list
  python -m training --work training-work parser assemble card
  python -m training --work training-work --trial training/trials/no-own-trees.toml
"""


def main() -> int:
    """0 done, 2 could not run."""
    from training.places import Places
    from training.plan import is_done, run_step
    from training.steps import DEFAULT_SHARED, HERE, list_steps

    parser = argparse.ArgumentParser(
        prog="python -m training",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("step", nargs="*", help="only these steps (default: all)")
    parser.add_argument("--list", action="store_true", help="say which steps there are and which are done")
    parser.add_argument("--work", type=Path, default=Path("training-work"), help="gets all that is made")
    parser.add_argument(
        "--shared", type=Path, default=DEFAULT_SHARED, help="has treebank/, articles/ and measure/"
    )
    parser.add_argument(
        "--before",
        type=Path,
        default=HERE.parent / "builder" / "models",
        help="models that the recipe starts from and compares the new ones with",
    )
    parser.add_argument(
        "--trial",
        type=Path,
        help="what this file of settings changes, in a folder of its own (training/trials/)",
    )
    options = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    for talkative in ("stanza", "gensim"):
        logging.getLogger(talkative).setLevel(logging.WARNING)
    trial = options.trial.stem if options.trial else ""
    places = Places(options.shared.resolve(), options.work.resolve(), options.before.resolve(), trial)
    steps = list_steps(places, options.trial)
    unknown = set(options.step) - {step.name for step in steps}
    if unknown:
        print(f"no such step: {', '.join(sorted(unknown))}; see --list", file=sys.stderr)
        return 2
    stamps = places.stamps
    for step in steps:
        if options.step and step.name not in options.step:
            continue
        if options.list:
            print(f"{step.name}\t{'done' if is_done(step, stamps) else 'to do'}")
            continue
        try:
            run_step(step, stamps)
        except FileNotFoundError as error:
            print(error, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
