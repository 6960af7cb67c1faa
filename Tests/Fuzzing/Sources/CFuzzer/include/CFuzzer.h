// libFuzzer's driver, for programs that have a main of their own, as Swift packages' programs do.
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*one_input)(const uint8_t *data, size_t size));
