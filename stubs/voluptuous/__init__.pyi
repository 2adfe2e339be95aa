# Home Assistant serves `voluptuous` as another name of `probatio`; the real voluptuous may be installed, but is never imported.
from probatio import *
