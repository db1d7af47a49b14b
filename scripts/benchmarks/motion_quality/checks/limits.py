"""Every threshold of the checks, in metres, seconds, degrees and metres a second unless the name says otherwise.

They are set so that a clear performance passes with room to spare and a different action does not. The body is the mannequin:
standing, its pelvis is 0.97 m over the floor, its shoulders 1.45 m, its arm 0.53 m from shoulder to wrist.
"""

EDGE = 0.13  # how long a beginning or an ending pose is averaged

# what the floor carries
SOLE_DOWN = 0.04  # a foot lower than this touches
AIRBORNE = 0.04  # both feet higher than this: the body flies
FLIGHT_SECONDS = 0.08
UPRIGHT = 0.86  # pelvis height of a body that stands
SEATED = (0.35, 0.72)  # pelvis height on a chair
LOW = 0.72  # pelvis height of a squat, a crouch
TRUNK_UPRIGHT = 35.0

# gaits
GAIT_SWING = 0.12  # one foot passes the other by this much, or rises over it by STEP_LIFT
STEP_LIFT = 0.04
GAIT_STEPS = 3  # passes of one foot by the other
TRAVEL_SPEED = {"walk": 0.2, "run": 1.2, "march": 0.2}  # mean over the whole part, along the way said
CRUISE_SECONDS = 0.5  # the pace of a gait is steadied over this, and compared with what is usual for the way
USUAL_SPEED = {"backward": 0.8, "left": 0.6, "right": 0.6}
USUAL_AHEAD = {"walk": 1.2, "run": 2.9}
MOSTLY = 0.7  # share of the whole way that goes in the direction said
PLACE_SPEED = 0.25  # mean drift of what stays on the spot
CIRCLE, CIRCLE_RADIUS = 62.0, 2.6  # degrees of heading at least; metres at most
STRAIGHT = 60.0  # degrees of heading at most when no circle was said
WALK_FLIGHT = 0.05  # share of frames in the air at most
BOTH_DOWN = (0.10, 0.14)  # share of frames with both feet on the floor: a walk has more than the first, a run less than the second
MARCH_KNEE = 0.22  # how far below its hip a knee may stay

# jumps
JUMP_RISE = 0.06  # pelvis over its standing height
JUMP_TOGETHER = 0.15  # feet differ in height by less than this in the middle of the flight
JUMP_FORWARD = 0.25  # a flight at least
JUMP_PLACE = 0.5  # drift at most
JUMP_HIGH = 0.22  # sole clearance
JACK_OPEN, JACK_CLOSED = 0.50, 0.36  # between the ankles

# low poses
DIP_DOWN, DIP_UP = 0.74, 0.84  # pelvis height
FEET_STAY = 0.35
KNEE_DOWN, KNEE_FREE = 0.16, 0.26  # height of a knee joint
SEAT_BEHIND = 0.26  # pelvis behind the ankles: a chair is needed
KNEES_BENT = 60.0
CROUCH_LEAN = 18.0
LUNGE_STRIDE, LUNGE_BACK = 0.45, 0.30  # ankle before ankle
LUNGE_DROP = 0.12
LUNGE_KNEE = 50.0
BOW_LEAN, BOW_LOW, BOW_BACK, BOW_DROP = 32.0, 55.0, 20.0, 0.13
BALANCE_SECONDS = 0.8
BALANCE_LIFT, BALANCE_SPEED = 0.10, 0.4

# kicks
KICK_REACH, KICK_BACK = 0.45, 0.25  # ankle before the pelvis
KICK_LIFT = 0.18  # ankle height
KICK_KNEE = 95.0
KICK_SECONDS = 0.4  # before and after, in which the other leg carries
KICK_HIGH, KICK_LOW = 0.75, 0.65
SUPPORT_STILL = 0.15  # how far the standing ankle and knee move over the floor

# turns
QUARTER, HALF = (50.0, 130.0), (130.0, 235.0)
FULL_TURN = 360.0
TURN_SLACK = 90.0
ON_SPOT = 0.6

# arms
RAISED = 0.05  # wrist over shoulder
WAVE_SWING, WAVE_TURNS = 0.06, 3
OVERHEAD = 0.10  # wrist over the head joint
RAISE_LIFT, RAISE_GAIN = 0.32, 0.35
LOWER_FROM, HANGING = -0.10, -0.25  # wrist over shoulder
CLAP_CLOSED, CLAP_SWING, HANDS_MEET = 0.18, 0.10, 0.23  # between the wrists
PUNCH_OUT, PUNCH_IN = 0.40, 0.32  # wrist before shoulder
PUNCH_SPEED = 1.0
PUNCH_LEVEL = 0.28  # from shoulder height
PUNCH_SECONDS = 0.6
PUNCH_BENT, PUNCH_STRAIGHT = 70.0, 45.0  # elbow before and at the end
THROW_WIND, THROW_OUT, THROW_SPEED = 0.05, 0.28, 2.0
THROW_SECONDS = 1.0
POINT_ELBOW, POINT_LEVEL, POINT_SPEED, POINT_SECONDS = 35.0, 0.18, 0.4, 0.4
POINT_WAY = 0.25  # from where the wrist was before
POINT_REACH, POINT_AHEAD = 0.28, 0.40  # wrist before shoulder; the second where forward was said
STRETCH_LIFT, STRETCH_SECONDS, STRETCH_BEND = 0.35, 0.5, 5.0

# head
NOD_DOWN, NOD_BACK = 10.0, 6.0
SHAKE_SWING = 20.0
SWING_SECONDS = 1.2
CHEST_SHARE = 0.68  # the chest moves by less than this share of the head
OTHER_AXIS = 0.8  # the wrong axis moves by less than this share of the right one

# still and lively
STILL_DRIFT, STILL_FEET, STILL_HANDS, STILL_HEAD, STILL_LEAN = 0.12, 0.10, 0.25, 15.0, 12.0
DANCE_BOUNCES, DANCE_BOUNCE, DANCE_SWAYS, DANCE_SWAY, DANCE_HANDS = 4, 0.03, 2, 0.10, 0.3

# a pace up to the first figure is slow, from the second on quick; what is measured stands beside it. None: cannot be said
PACES: dict[str, tuple[float | None, float | None]] = {
    "walk": (0.9, 1.12),  # speed over the usual one
    "run": (None, 1.05),  # the same
    "jumping_jacks": (None, 1.17),  # a second
    "squat": (0.83, 1.02),  # pelvis, m/s
    "sit": (0.47, None),  # the same
    "stand_up": (0.50, 0.70),  # the same
    "kneel": (0.44, None),  # the same
    "crouch": (0.57, None),  # the same
    "bow": (1.7, None),  # greatest rate of leaning over the greatest lean, 1/s
    "wave": (1.7, 2.4),  # there and back, a second
    "raise_arm": (2.0, 2.65),  # wrist upwards, m/s
    "lower_arm": (1.8, None),  # wrist downwards, m/s
    "clap": (None, 2.2),  # a second
    "punch": (None, 3.2),  # wrist ahead, m/s
    "turn": (0.93, 1.06),  # speed over the usual one
    "dance": (None, 1.3),  # bounces a second
}
USUAL_TURN = {"around": 137.0, "left": 94.0, "right": 94.0}  # degrees a second
TURN_STEADY = 0.6  # over which the heading is steadied: blows and steps twist the hips
