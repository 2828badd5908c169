/* A SANE backend with buttons and a page of 16 x 16: what a backend shows of hardware that no simulator has.
 * The file that BUTTONS names tells which buttons are down, by their letters: s scan, e email; and what befalls pages:
 * c they end in their middle, n they are announced without a line. */
#include <sane/sane.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTRY(name) sane_pressed_##name
#define SIDE 16

static const SANE_Device device = {"one", "Example", "Pressed", "flatbed scanner"};
static const SANE_Device *devices[] = {&device, NULL};
static int lines_read;

enum { COUNT, PAGE_LOADED, EMAIL, SCAN, OPTIONS };

static const SANE_Option_Descriptor options[OPTIONS] = {
    {"", "count", "", SANE_TYPE_INT, SANE_UNIT_NONE, sizeof(SANE_Word), SANE_CAP_SOFT_DETECT, SANE_CONSTRAINT_NONE, {0}},
    {"page-loaded", "page loaded", "", SANE_TYPE_BOOL, SANE_UNIT_NONE, sizeof(SANE_Word),
     SANE_CAP_SOFT_DETECT | SANE_CAP_HARD_SELECT | SANE_CAP_ADVANCED, SANE_CONSTRAINT_NONE, {0}},
    {"email", "email button", "", SANE_TYPE_BOOL, SANE_UNIT_NONE, sizeof(SANE_Word),
     SANE_CAP_SOFT_DETECT | SANE_CAP_HARD_SELECT | SANE_CAP_ADVANCED, SANE_CONSTRAINT_NONE, {0}},
    {"scan", "scan button", "", SANE_TYPE_BOOL, SANE_UNIT_NONE, sizeof(SANE_Word),
     SANE_CAP_SOFT_DETECT | SANE_CAP_HARD_SELECT | SANE_CAP_ADVANCED, SANE_CONSTRAINT_NONE, {0}},
};

static int is_down(char letter) {
    char held[16] = "";
    FILE *file = fopen(getenv("BUTTONS"), "r");
    if (file) {
        if (!fgets(held, sizeof held, file)) held[0] = 0;
        fclose(file);
    }
    return strchr(held, letter) != NULL;
}

SANE_Status ENTRY(init)(SANE_Int *version, SANE_Auth_Callback authorize) {
    (void)authorize;
    if (version) *version = SANE_VERSION_CODE(1, 0, 0);
    return SANE_STATUS_GOOD;
}
void ENTRY(exit)(void) {}
SANE_Status ENTRY(get_devices)(const SANE_Device ***list, SANE_Bool local) {
    (void)local;
    *list = devices;
    return SANE_STATUS_GOOD;
}
SANE_Status ENTRY(open)(SANE_String_Const name, SANE_Handle *handle) {
    (void)name;
    *handle = &lines_read;
    return SANE_STATUS_GOOD;
}
void ENTRY(close)(SANE_Handle handle) { (void)handle; }
const SANE_Option_Descriptor *ENTRY(get_option_descriptor)(SANE_Handle handle, SANE_Int option) {
    (void)handle;
    return option >= 0 && option < OPTIONS ? &options[option] : NULL;
}
SANE_Status ENTRY(control_option)(SANE_Handle handle, SANE_Int option, SANE_Action act, void *value, SANE_Int *info) {
    (void)handle;
    if (info) *info = 0;
    if (act != SANE_ACTION_GET_VALUE || option < 0 || option >= OPTIONS) return SANE_STATUS_INVAL;
    *(SANE_Word *)value = option == COUNT ? OPTIONS : option == PAGE_LOADED ? 1 : is_down(option == SCAN ? 's' : 'e');
    return SANE_STATUS_GOOD;
}
SANE_Status ENTRY(get_parameters)(SANE_Handle handle, SANE_Parameters *told) {
    (void)handle;
    *told = (SANE_Parameters){SANE_FRAME_GRAY, SANE_TRUE, SIDE, SIDE, is_down('n') ? 0 : SIDE, 8};
    return SANE_STATUS_GOOD;
}
SANE_Status ENTRY(start)(SANE_Handle handle) {
    (void)handle;
    lines_read = 0;
    return SANE_STATUS_GOOD;
}
SANE_Status ENTRY(read)(SANE_Handle handle, SANE_Byte *data, SANE_Int most, SANE_Int *length) {
    (void)handle;
    *length = 0;
    if (lines_read >= (is_down('c') ? SIDE / 2 : SIDE) || most < SIDE) return SANE_STATUS_EOF;
    memset(data, 8 * lines_read++, SIDE);
    *length = SIDE;
    return SANE_STATUS_GOOD;
}
void ENTRY(cancel)(SANE_Handle handle) { (void)handle; }
SANE_Status ENTRY(set_io_mode)(SANE_Handle handle, SANE_Bool is_non_blocking) {
    (void)handle;
    return is_non_blocking ? SANE_STATUS_UNSUPPORTED : SANE_STATUS_GOOD;
}
SANE_Status ENTRY(get_select_fd)(SANE_Handle handle, SANE_Int *fd) {
    (void)handle, (void)fd;
    return SANE_STATUS_UNSUPPORTED;
}
