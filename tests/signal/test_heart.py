from softfront_sensors.packet import Packet
from softfront_sensors.simulated import Person, readings
from softfront_signal.heart import Heart
from softfront_signal.moments import Missing, Stillness

from .making import START


def test_while_a_body_moves_no_window_grows_beyond_its_span() -> None:
    heart, mark = Heart(), START + 5000
    for reading in readings(Person(5), START, 1800):
        if isinstance(reading, Packet):
            heart.hear(reading)
        while reading.t_ms > mark:
            assert heart.at(mark, Stillness.MOVING)[1] is Missing.MOVING
            mark += 5000
    held = heart._five._beats, heart._spectrum._whole.beats
    assert all(len(beats) < 500 for beats in held)
    assert heart.soothing(mark) is not None
