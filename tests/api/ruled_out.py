"""What no text may hold, in each language: WORDS as data."""

import re
from typing import TypeAlias

# Words, why not, and the keys that may; a key that ends in "." is a family.
# A word that ends in … stands for all that begin with it.
Words: TypeAlias = tuple[str, str, tuple[str, ...]]
Rule: TypeAlias = tuple[re.Pattern[str], str, tuple[str, ...]]

_CAUSE = "a departure, not its cause"
_ALARM = "an offer, never an alarm"
_DRIVE = "the drive system turns care into performance"
_RATES = "rates the person"
_PRAISE = "praise is a verdict too"
_REPROACH = "reproach"
_NORM = "the measure is usual for you"
_CLAIMS = "claims decide what a product is"
_CONDITION = "names conditions"
_UNSEEN = "the number does not show it"
_PROXY = "only on its explanatory page"
_FEELINGS = "inference of feelings stays out"
_EFFECT = "cause claimed where none was shown"
_OTHERS = "others' data are never touched"
_CLICHE = "a cliché tires tired people"
_BELITTLES = "belittles, or gives orders"
_NO_WE = "a machine feels no regret and is no we"
_JARGON = "jargon of the house"

WORDS: dict[str, list[Words]] = {
    "en": [
        ("stress…, strain, tension", _CAUSE, ()),
        ("alert, alarm, warning, urgent, critical, intervention", _ALARM, ()),
        (
            "score, points, level up, streak, goal, target, rank, badge, reward, challenge",
            _DRIVE,
            ("promise.2",),  # to deny it
        ),
        ("improve…, progress, better, worse, optimal, perform…", _RATES, ()),
        ("well done, great job, congratulations, keep it up, proud", _PRAISE, ()),
        ("fail…, missed, forgot, skipped, inactive, you haven't", _REPROACH, ()),
        ("normal, abnormal, healthy, unhealthy, bad, dangerous", _NORM, ()),
        (
            "diagnos…, symptom, disease, illness, arrhythm…, irregular, treat, cure, prevent,"
            " clinically, proven, therapy",
            _CLAIMS,
            ("not.", "proxy.help.1"),
        ),
        ("burnout, anxiety, depress…, trauma, fatigue", _CONDITION, ()),
        (
            "vagus, vagal, parasympath…, sympathetic, nervous system, cortisol, LF/HF, your HRV",
            _UNSEEN,
            (),
        ),
        ("soothing", _PROXY, ("proxy.",)),
        ("emotion…", _FEELINGS, ("not.emotions",)),
        (
            "because of the pause, thanks to, works, boosts, raises your",
            _EFFECT,
            ("strap.first_beat",),
        ),
        ("patient is, your patients' data", _OTHERS, ()),
        (
            "journey, self-care, recharge, empty cup, inner peace, best self, let go, deep breath,"
            " mindful…, namaste, unwind, me-time",
            _CLICHE,
            (),
        ),
        ("simply, easily, just relax, don't worry, calm down", _BELITTLES, ()),
        ("oops, sorry, uh-oh, unfortunately, we, our", _NO_WE, ()),
        ("baseline, z-score, percentile, epoch, buffer, payload", _JARGON, ()),
    ],
    "de": [
        ("stress…, gestresst, anspannung, belastung", _CAUSE, ()),
        ("alarm…, warnung, dringend, kritisch, eingriff, intervention", _ALARM, ()),
        (
            "punkte, punktzahl, serie, ziel, zielwert, rang…, abzeichen, belohn…, herausforderung",
            _DRIVE,
            ("promise.2",),
        ),
        (
            "verbesser…, fortschritt, besser, schlechter, optimal, leistung",
            _RATES,
            (),
        ),
        (
            "gut gemacht, super, toll, prima, glückwunsch, weiter so, stolz",
            _PRAISE,
            (),
        ),
        (
            "versagt, gescheitert, verpasst, vergessen, versäumt, ausgefallen, du hast nicht",
            _REPROACH,
            (),
        ),
        ("normal, auffällig, gesund, ungesund, schlecht, gefährlich", _NORM, ()),
        (
            "diagnos…, symptom, krankheit, arrhythm…, behandel…, heil…, verhinder…, klinisch,"
            " erwiesen, therapie",
            _CLAIMS,
            ("not.", "proxy.help.1"),
        ),
        ("burnout, burn-out, angst…, depress…, trauma, ermüdung", _CONDITION, ()),
        ("vagus, parasympath…, sympathikus, nervensystem, cortisol, deine HRV", _UNSEEN, ()),
        ("beruhigungssystem", _PROXY, ("proxy.",)),
        ("emotion…, gefühle", _FEELINGS, ("not.emotions",)),
        (
            "dank der pause, wegen der pause, wirkt, steigert, senkt deinen",
            _EFFECT,
            ("strap.first_beat",),
        ),
        ("daten deiner patient…", _OTHERS, ()),
        (
            "reise, selbstfürsorge, auftanken, kraft tanken, innere mitte, innere ruhe, loslassen,"
            " durchatmen, achtsam…, auszeit, seele baumeln, gönn dir",
            _CLICHE,
            (),
        ),
        ("einfach nur, ganz leicht, entspann dich, keine sorge, beruhig dich", _BELITTLES, ()),
        ("hoppla, sorry, leider, ups, wir, unser", _NO_WE, ()),
        ("baseline, z-wert, perzentil, epoche, puffer, payload", _JARGON, ()),
    ],
}

PATTERNS: dict[str, list[tuple[str, str]]] = {
    "en": [
        (r"\byou (should|must|need to|have to)\b", "orders"),
        (
            r"\byou (are|seem|feel|look)"
            r" (calm|tense|sad|angry|anxious|upset|overwhelmed|tired|exhausted)",
            "names a feeling",
        ),
    ],
    "de": [
        (r"\bdu (sollst|solltest|musst)\b(?! nicht)", "orders"),
        (
            r"\bdu (bist|wirkst|fühlst dich)"
            r" (ruhig|angespannt|traurig|wütend|ängstlich|überfordert|müde|erschöpft)",
            "names a feeling",
        ),
        # Where a sentence begins, "Sie" and "Ihr" may be they and their.
        (r"(?<=[\w,;–“”] )(?-i:Sie|Ihr(e|en|em|er)?)\b", "it says du"),
    ],
}

EVERYWHERE = [
    ("!", "nobody is shouted at"),
    ("[\u231a-\u23ff\u25fd\u25fe\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]", "faces"),
    ("—", "an em dash reads as sales"),
    (r"(?-i:\b[A-ZÄÖÜ]{6,}\b)", "reads as shouting"),
]


def _whole(word: str) -> str:
    end = "" if word.endswith("…") else r"(?!\w)"
    return r"(?<!\w)" + re.escape(word.rstrip("…")) + end


def _rule(pattern: str, why: str, families: tuple[str, ...] = ()) -> Rule:
    return re.compile(pattern, re.IGNORECASE), why, families


RULES: dict[str, list[Rule]] = {
    language: [
        *(
            _rule(_whole(word), why, families)
            for words, why, families in WORDS[language]
            for word in words.split(", ")
        ),
        *(_rule(pattern, why) for pattern, why in [*PATTERNS[language], *EVERYWHERE]),
    ]
    for language in WORDS
}
"""What is looked for, why, and where it may stand all the same."""


def ruled_out(language: str, text: str, key: str = "") -> list[str]:
    """Say why this text may not be said; nothing where it may."""
    return [
        why
        for pattern, why, families in RULES[language]
        if pattern.search(text) and not _excepted(key, families)
    ]


def _excepted(key: str, families: tuple[str, ...]) -> bool:
    return any(key == name or (name.endswith(".") and key.startswith(name)) for name in families)
