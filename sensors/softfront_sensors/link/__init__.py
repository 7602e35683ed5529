"""The road over an MQTT broker, from both of its ends, and the line it goes by."""

from .carrying import MqttCarrier
from .connection import Message
from .hearing import Subscriber
from .line import Line
from .timings import Timings
from .topics import broker

__all__ = ["Line", "Message", "MqttCarrier", "Subscriber", "Timings", "broker"]
