"""What a collector says while it works: in a person's words, or as JSON lines."""

from urllib.parse import urlsplit

from softfront_sensors.collector import Standing
from softfront_sensors.envelope import Pending
from softfront_sensors.source import StrapState, StrapStatus

from ..reasons import hint
from ..words import say
from .common import bluetooth_help, print_json, tell

_STATES = {
    StrapState.ABSENT: "strap.looking",
    StrapState.SUBSCRIBED: "strap.waiting",
    StrapState.LIVE: "strap.on",
    StrapState.SILENT: "strap.silent",
    StrapState.LOST: "strap.looking",
    StrapState.ENDED: "strap.ended",
}


class Teller:
    """Says each thing once, when it has changed."""

    def __init__(self, url: str, as_json: bool) -> None:
        parts = urlsplit(url)
        self._where = f"{parts.scheme}://{parts.hostname}"  # and no password
        self._as_json = as_json
        self._open = False
        self._strap: tuple[object, ...] = ()

    def tell_standing(self, standing: Standing) -> None:
        """Tell how the road stands."""
        if self._as_json:
            print_json(
                {
                    "connected": standing.open,
                    "waiting": standing.waiting,
                    "lost": standing.lost,
                    "problem": standing.problem or standing.unkept,
                }
            )
        else:
            tell(" ".join(self._sentences(standing)))
        self._open = standing.open

    def tell_prompt(self, prompt: Pending) -> None:
        """Tell that an offer waits."""
        if self._as_json:
            print_json({"offer": prompt.id, "expires_in_s": prompt.expires_in_s})
        else:
            tell(say("collect.offer"))

    def tell_end(self, waiting: int) -> None:
        """Tell what is left for another time."""
        if self._as_json:
            print_json({"connected": False, "waiting": waiting})
        elif waiting:
            tell(say("collect.left", n=waiting))

    def tell_strap(self, status: StrapStatus) -> None:
        """Tell how the strap stands."""
        stands = status.state, status.problem, status.hint, status.name
        if stands == self._strap:
            return
        self._strap = stands
        if self._as_json:
            problem = status.problem.value if status.problem else None
            print_json({"strap": status.state.value, "name": status.name, "problem": problem})
        elif status.problem is not None:
            tell(bluetooth_help(status.problem))
        else:
            tell(self._strap_line(status))

    def _sentences(self, standing: Standing) -> list[str]:
        said = []
        if standing.problem is not None:
            said = [standing.problem, say("collect.kept", n=standing.waiting)]
        elif not self._open:
            said = [say("collect.open", where=self._where)]
        if standing.open and standing.waiting:
            said.append(say("collect.going_out", n=standing.waiting))
        elif standing.open:
            said.append(say("collect.drained"))
        if standing.lost:
            said.append(say("collect.lost", n=standing.lost))
        if standing.unkept is not None:
            said.append(standing.unkept)
        return said

    def _strap_line(self, status: StrapStatus) -> str:
        name = status.name or say("strap.label")
        if status.state is StrapState.CONNECTING:
            return say("strap.connecting", name=name)
        line = f"{name}: {say(_STATES[status.state])}."
        return f"{line} {say(hint(status.hint).id)}" if status.hint else line
