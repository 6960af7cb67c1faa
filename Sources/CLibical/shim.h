// libical's C functions, for returnsctl's import of calendars.
#include <libical/ical.h>
