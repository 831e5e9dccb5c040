"""How days and moments are written where Django knows only one English, the American."""
