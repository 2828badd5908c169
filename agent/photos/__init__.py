"""The registrant's photo: found in what the camera gives, framed and checked by the standard of identity photos."""
