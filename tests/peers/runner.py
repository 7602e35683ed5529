"""One peer in its own Python: how long it takes for one window of intervals.

Run with the peer's name. Every line on stdin is a window, a JSON list of intervals in ms; every
line on stdout says what each part took, in seconds, or why it broke. The first line, unasked, is
the peer's version. Parts: `correction`, `time` (mean rate, SDNN, RMSSD, pNN50), `spectrum` (LF and
HF by the peer's own default), `dfa` (boxes of 4 to 16). Nothing here knows of Softfront.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from typing import Any, TypeAlias

# Short work is tried again, as ours is.
TURN_S, MOST = 0.05, 20
Part: TypeAlias = Callable[[], object]


def neurokit2(rr_ms: list[float]) -> dict[str, Part]:
    numpy, nk = import_module("numpy"), import_module("neurokit2")
    peaks = numpy.concatenate([[0], numpy.cumsum(rr_ms)]).astype(int)
    _, corrected = nk.signal_fixpeaks(peaks, 1000, method="Kubios")
    corrected = numpy.asarray(corrected)
    boxes = numpy.arange(4, 17)
    return {
        "correction": lambda: nk.signal_fixpeaks(peaks, 1000, method="Kubios"),
        "time": lambda: nk.hrv_time(corrected, 1000),
        "spectrum": lambda: nk.hrv_frequency(corrected, 1000),
        "dfa": lambda: nk.fractal_dfa(numpy.diff(corrected), scale=boxes),
    }


def pyhrv(rr_ms: list[float]) -> dict[str, Part]:
    numpy = import_module("numpy")
    td, fd = import_module("pyhrv.time_domain"), import_module("pyhrv.frequency_domain")
    nonlinear, nn = import_module("pyhrv.nonlinear"), numpy.array(rr_ms)
    return {
        "time": lambda: (td.hr_parameters(nn), td.sdnn(nn), td.rmssd(nn), td.nn50(nn)),
        "spectrum": lambda: fd.welch_psd(nn, show=False, mode="dev"),
        "dfa": lambda: nonlinear.dfa(nn, show=False, mode="dev"),
    }


def hrv_analysis(rr_ms: list[float]) -> dict[str, Part]:
    hrv = import_module("hrvanalysis")
    # It fills in where it has removed, save at the ends.
    nn = [rr for rr in hrv.get_nn_intervals(rr_ms, verbose=False) if rr == rr]
    return {
        "correction": lambda: hrv.get_nn_intervals(rr_ms, verbose=False),
        "time": lambda: hrv.get_time_domain_features(nn),
        "spectrum": lambda: hrv.get_frequency_domain_features(nn),
    }


def systole(rr_ms: list[float]) -> dict[str, Part]:
    numpy = import_module("numpy")
    correction, hrv = import_module("systole.correction"), import_module("systole.hrv")
    rr = numpy.array(rr_ms)
    nn, _ = correction.correct_rr(rr, verbose=False)
    return {
        "correction": lambda: correction.correct_rr(rr, verbose=False),
        "time": lambda: hrv.time_domain(nn),
        "spectrum": lambda: hrv.frequency_domain(nn),
    }


def heartpy(rr_ms: list[float]) -> dict[str, Part]:
    """Call its parts: `process_rr` with its own correction raises a KeyError in this version."""
    numpy, analysis = import_module("numpy"), import_module("heartpy.analysis")
    quotient = import_module("heartpy.filtering").quotient_filter
    kept = quotient(rr_ms, [0] * len(rr_ms))
    nn = [rr for rr, left_out in zip(rr_ms, kept, strict=True) if not left_out]

    def in_time() -> object:
        steps = numpy.abs(numpy.diff(nn))
        return analysis.calc_ts_measures(nn, steps, steps**2, {}, {})

    return {
        "correction": lambda: quotient(rr_ms, [0] * len(rr_ms)),
        "time": in_time,
        "spectrum": lambda: analysis.calc_fd_measures(
            measures={}, working_data={"RR_list_cor": nn}
        ),
    }


def flirt(rr_ms: list[float]) -> dict[str, Part]:
    """Call what it calls for each window, without the pool of processes around it."""
    numpy, pandas = import_module("numpy"), import_module("pandas")
    inside = import_module("flirt.hrv.feature_calculation")
    clean, features = vars(inside)["__clean_artifacts"], inside.FEATURE_FUNCTIONS
    times = pandas.to_datetime(numpy.cumsum(rr_ms), unit="ms")
    rr = pandas.Series(rr_ms, index=times)
    nn = clean(rr.copy())
    return {
        "correction": lambda: clean(rr.copy()),
        "time": lambda: features["td"].__generate__(nn),
        "spectrum": lambda: features["fd"].__generate__(nn),
    }


PEERS: dict[str, Callable[[list[float]], dict[str, Part]]] = {
    "neurokit2": neurokit2,
    "pyhrv": pyhrv,
    "hrv-analysis": hrv_analysis,
    "systole": systole,
    "heartpy": heartpy,
    "flirt": flirt,
}


def timed(part: Part) -> float | str:
    """Return the best time of a few tries, or why the part breaks; the first try is for nothing."""
    tries: list[float] = []
    try:
        part()
        while len(tries) < MOST and sum(tries) < TURN_S:
            began = time.perf_counter()
            part()
            tries.append(time.perf_counter() - began)
        return min(tries)
    except Exception as broken:  # whatever breaks in a peer is told, and no more
        return type(broken).__name__


def answers(peer: Callable[[list[float]], dict[str, Part]], line: str) -> dict[str, Any]:
    try:
        return {name: timed(part) for name, part in peer(json.loads(line)).items()}
    except Exception as broken:  # a peer may not even load
        return {"broken": type(broken).__name__}


def main(name: str) -> None:
    # What a peer prints for people is not for the other end.
    told = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    print(json.dumps(version(name)), file=told, flush=True)
    for line in sys.stdin:
        print(json.dumps(answers(PEERS[name], line)), file=told, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
