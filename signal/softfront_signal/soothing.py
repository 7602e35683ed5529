"""A rough stand-in for the soothing system: how far breath and vagus swing this heart.

Compassion-focused therapy (Gilbert 2009, Adv Psychiatr Treat 15:199) speaks of a soothing system;
where its work reaches the heart by the vagus nerve, the heart quickens with each breath in and
slows with each breath out (Kirby and others 2017, Front Public Health 5:40). Two measures of it are
put together: the amplitude of that swing at the wearer's *own* breathing peak, wherever it lies,
and RMSSD. Both shrink with a faster heart by arithmetic alone, so each is taken as a share of the
mean interval (Sacha 2013, Front Physiol 4:306): told in milliseconds for each second of it.

What it is not. It says nothing of how soothed or how kind anyone is. Slower or deeper breathing
raises it without any change of vagal tone (Grossman and Taylor 2007, Biol Psychol 74:263); lying
down raises it and standing lowers it; it is larger in the young and the fit; beta blockers,
anticholinergics, antidepressants, alcohol, fever and caffeine move it. Two people cannot be
compared by it, nor one person across a change of medicine. It is therefore shown only against the
person's own still minutes, with its interval, and nothing is decided by it. A ratio of LF to HF is
no part of it: that measures no balance of anything.
"""

from math import exp, log

from .moments import Band, Soothing, Usual, Window
from .spectrum import Spectrum

# The normal distribution's 95 %.
_Z = 1.96


def soothing(window: Window, breath: Spectrum) -> Soothing | None:
    """Put both measures of the same five minutes together; `None` where one of them is missing.

    Both come from the same beats, so their errors may well go together: the standard error is the
    mean of the two, as if they always did, which is the most it can be.
    """
    if not window.hr_bpm or not window.rmssd_ms or not breath.rsa_ms:
        return None
    if window.ln_rmssd_se is None or breath.rsa_se_ms is None or breath.breathing_hz is None:
        return None
    index = proxy_index(60_000 / window.hr_bpm, window.rmssd_ms, breath.rsa_ms)
    se = (breath.rsa_se_ms / breath.rsa_ms + window.ln_rmssd_se) / 2
    return Soothing(index, se, breath.rsa_ms, breath.breathing_hz)


def proxy_index(mean_nn_ms: float, rmssd_ms: float, rsa_ms: float) -> float:
    """Return the mean of the logarithms of both measures as shares of the mean NN interval."""
    return (log(rsa_ms / mean_nn_ms) + log(rmssd_ms / mean_nn_ms)) / 2


def interval(it: Soothing) -> Band:
    """Return the proxy in ms a second of the mean interval, as median, with its 95 % interval."""
    return _ms_per_s(Band(it.index - _Z * it.se, it.index + _Z * it.se, it.index))


def usual_band(usual: Usual | None) -> Band | None:
    """Return the person's own band of it, in the same unit."""
    return _ms_per_s(usual.soothing) if usual is not None and usual.soothing else None


def _ms_per_s(of: Band) -> Band:
    return Band(*(1000 * exp(index) for index in (of.low, of.high, of.median)))
