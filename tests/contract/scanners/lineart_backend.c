/* A SANE backend with a true line art mode: one bit a picture element, the first one highest, 1 is black, rows filled up
 * to whole bytes; what fills them up is black here, so that it shows where it is taken for picture.
 * Source: SANE API, section 3.2 (image data format). */
#include <sane/sane.h>
#include <string.h>

#define ENTRY(name) sane_onebit_##name
#define WIDTH 21
#define HEIGHT 13
#define LINE_BYTES ((WIDTH + 7) / 8)

static const SANE_Device device = {"one", "Example", "Onebit", "flatbed scanner"};
static const SANE_Device *devices[] = {&device, NULL};
static SANE_String_Const modes[] = {"Lineart", "Gray", NULL};
static const SANE_Word resolutions[] = {1, 100};
static int is_lineart, lines_read;

enum { COUNT, MODE, RESOLUTION, OPTIONS };

static const SANE_Option_Descriptor options[OPTIONS] = {
    {"", "count", "", SANE_TYPE_INT, SANE_UNIT_NONE, sizeof(SANE_Word), SANE_CAP_SOFT_DETECT, SANE_CONSTRAINT_NONE, {0}},
    {"mode", "mode", "", SANE_TYPE_STRING, SANE_UNIT_NONE, 8, SANE_CAP_SOFT_DETECT | SANE_CAP_SOFT_SELECT,
     SANE_CONSTRAINT_STRING_LIST, {.string_list = modes}},
    {"resolution", "resolution", "", SANE_TYPE_INT, SANE_UNIT_DPI, sizeof(SANE_Word),
     SANE_CAP_SOFT_DETECT | SANE_CAP_SOFT_SELECT, SANE_CONSTRAINT_WORD_LIST, {.word_list = resolutions}},
};

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
    if (option < 0 || option >= OPTIONS || act == SANE_ACTION_SET_AUTO) return SANE_STATUS_INVAL;
    if (act == SANE_ACTION_SET_VALUE && option == MODE) is_lineart = strcmp(value, "Lineart") == 0;
    if (act == SANE_ACTION_GET_VALUE && option == MODE) strcpy(value, is_lineart ? "Lineart" : "Gray");
    if (act == SANE_ACTION_GET_VALUE && option != MODE) *(SANE_Word *)value = option == COUNT ? OPTIONS : 100;
    return SANE_STATUS_GOOD;
}
SANE_Status ENTRY(get_parameters)(SANE_Handle handle, SANE_Parameters *told) {
    (void)handle;
    *told = (SANE_Parameters){SANE_FRAME_GRAY, SANE_TRUE, is_lineart ? LINE_BYTES : WIDTH, WIDTH, HEIGHT, is_lineart ? 1 : 8};
    return SANE_STATUS_GOOD;
}
SANE_Status ENTRY(start)(SANE_Handle handle) {
    (void)handle;
    lines_read = 0;
    return SANE_STATUS_GOOD;
}
SANE_Status ENTRY(read)(SANE_Handle handle, SANE_Byte *data, SANE_Int most, SANE_Int *length) {
    (void)handle;
    int bytes = is_lineart ? LINE_BYTES : WIDTH;
    *length = 0;
    if (lines_read >= HEIGHT || most < bytes) return SANE_STATUS_EOF;
    memset(data, is_lineart ? 0 : 128, bytes);
    for (int x = 0; is_lineart && x < LINE_BYTES * 8; x++)
        if (x >= WIDTH || (x + 2 * lines_read) % 5 == 0) data[x / 8] |= 0x80 >> x % 8;
    lines_read++;
    *length = bytes;
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
