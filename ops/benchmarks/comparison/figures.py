# SPDX-License-Identifier: Apache-2.0
"""Numbers: of several rounds one, and how they are written down."""

import statistics


def median(values):
    """The middle one, or None of nothing."""
    present = [value for value in values if value is not None]
    return statistics.median(present) if present else None


def spread(values):
    """How far the rounds lie apart: half of (largest - smallest) as a share of the median."""
    middle = median(values)
    if not middle:
        return None
    present = [value for value in values if value is not None]
    return (max(present) - min(present)) / 2 / middle


def ratio(value, reference):
    return value / reference if value is not None and reference else None


def median_ratio(values, references):
    """The median of the ratios within each round: what the machine did besides falls on both sides of it."""
    return median([ratio(value, reference) for value, reference in zip(values, references)])


def text(value, digits):
    """A number with so many digits behind the point, thousands apart; a dash for none."""
    return "-" if value is None else f"{value:,.{digits}f}"


def percent(value):
    return "-" if value is None else f"{100 * value:.0f} %"


def millis(micros):
    """Microseconds as milliseconds, with three digits that count."""
    if micros is None:
        return "-"
    value = micros / 1000
    return f"{value:.3f}" if value < 1 else f"{value:.2f}" if value < 10 else f"{value:,.1f}"


def mebibytes(octets):
    return "-" if octets is None else f"{octets / (1 << 20):,.0f} MiB"
