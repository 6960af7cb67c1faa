// zlib as the system has it; Swift needs nothing of its own around it.

#ifndef CZLIB_SHIM_H
#define CZLIB_SHIM_H

#include <zlib.h>

#endif
