"""What bumble measures, in our words."""

from bumble.profiles.heart_rate_service import HeartRateService

from softfront_sensors.heart_rate import Contact, HeartRate

Measurement = HeartRateService.HeartRateMeasurement

_CONTACTS = {None: Contact.UNSUPPORTED, False: Contact.LOST, True: Contact.ON}


def meant(measurement: Measurement) -> HeartRate:
    """Say what a strap means by it; of an interval bumble sends the whole ticks, unrounded."""
    return HeartRate(
        measurement.heart_rate or None,
        _CONTACTS[measurement.sensor_contact_detected],
        measurement.energy_expended,
        tuple(int(seconds * 1024) for seconds in measurement.rr_intervals or ()),
        incomplete=False,
    )
