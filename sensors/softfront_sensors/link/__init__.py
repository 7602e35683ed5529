"""The road over an MQTT broker, from both of its ends."""

from .carrying import MqttCarrier
from .hearing import Subscriber
from .timings import Timings
from .topics import broker

__all__ = ["MqttCarrier", "Subscriber", "Timings", "broker"]
