"""Time, and the little of the machine that code may know."""

from __future__ import annotations

from executors.local.guard.modules.exports import Exports

EXPORTS = {
    "calendar": Exports(
        "calendars",
        "APRIL AUGUST Calendar calendar Day day_abbr day_name DECEMBER FEBRUARY firstweekday"
        " FRIDAY HTMLCalendar IllegalMonthError IllegalWeekdayError isleap JANUARY JULY JUNE"
        " leapdays MARCH MAY MONDAY Month month month_abbr month_name monthcalendar monthrange"
        " NOVEMBER OCTOBER prcal prmonth SATURDAY SEPTEMBER setfirstweekday SUNDAY TextCalendar"
        " THURSDAY timegm TUESDAY WEDNESDAY weekday weekheader",
        without={
            "LocaleHTMLCalendar LocaleTextCalendar": "change the locale of the process",
        },
    ),
    "datetime": Exports(
        "dates and times",
        "date datetime MAXYEAR MINYEAR time timedelta timezone tzinfo UTC",
    ),
    "glob": Exports(
        "files of the workspace by patterns; the functions are the guard's own",
        "escape glob iglob",
        rest="search anywhere",
    ),
    "os": Exports(
        "files of the workspace, through functions of the guard's own; no environment",
        "altsep curdir devnull environ error extsep fsdecode fsencode fspath getcwd getenv"
        " linesep listdir makedirs mkdir name pardir PathLike pathsep remove rename replace rmdir"
        " scandir sep stat stat_result strerror unlink urandom walk",
        rest="reach other files, processes and the machine",
    ),
    "os.path": Exports(
        "paths; the functions that look at files see those of the workspace",
        "abspath altsep basename commonpath commonprefix curdir defpath devnull dirname exists"
        " extsep getatime getctime getmtime getsize isabs isdir isfile islink join lexists"
        " normcase normpath pardir pathsep realpath relpath samefile sep split splitdrive"
        " splitext splitroot",
        rest="tell of the machine, its users and open files",
    ),
    "stat": Exports(
        "the meaning of modes",
        "FILE_ATTRIBUTE_ARCHIVE FILE_ATTRIBUTE_COMPRESSED FILE_ATTRIBUTE_DEVICE"
        " FILE_ATTRIBUTE_DIRECTORY FILE_ATTRIBUTE_ENCRYPTED FILE_ATTRIBUTE_HIDDEN"
        " FILE_ATTRIBUTE_INTEGRITY_STREAM FILE_ATTRIBUTE_NO_SCRUB_DATA FILE_ATTRIBUTE_NORMAL"
        " FILE_ATTRIBUTE_NOT_CONTENT_INDEXED FILE_ATTRIBUTE_OFFLINE FILE_ATTRIBUTE_READONLY"
        " FILE_ATTRIBUTE_REPARSE_POINT FILE_ATTRIBUTE_SPARSE_FILE FILE_ATTRIBUTE_SYSTEM"
        " FILE_ATTRIBUTE_TEMPORARY FILE_ATTRIBUTE_VIRTUAL filemode S_ENFMT S_IEXEC S_IFBLK"
        " S_IFCHR S_IFDIR S_IFDOOR S_IFIFO S_IFLNK S_IFMT S_IFPORT S_IFREG S_IFSOCK S_IFWHT"
        " S_IMODE S_IREAD S_IRGRP S_IROTH S_IRUSR S_IRWXG S_IRWXO S_IRWXU S_ISBLK S_ISCHR S_ISDIR"
        " S_ISDOOR S_ISFIFO S_ISGID S_ISLNK S_ISPORT S_ISREG S_ISSOCK S_ISUID S_ISVTX S_ISWHT"
        " S_IWGRP S_IWOTH S_IWRITE S_IWUSR S_IXGRP S_IXOTH S_IXUSR SF_APPEND SF_ARCHIVED"
        " SF_DATALESS SF_FIRMLINK SF_IMMUTABLE SF_NOUNLINK SF_RESTRICTED SF_SETTABLE SF_SNAPSHOT"
        " ST_ATIME ST_CTIME ST_DEV ST_GID ST_INO ST_MODE ST_MTIME ST_NLINK ST_SIZE ST_UID"
        " UF_APPEND UF_COMPRESSED UF_DATAVAULT UF_HIDDEN UF_IMMUTABLE UF_NODUMP UF_NOUNLINK"
        " UF_OPAQUE UF_SETTABLE UF_TRACKED",
    ),
    "sys": Exports(
        "sizes, versions and the streams of the cell",
        "byteorder exception exit float_info float_repr_style get_int_max_str_digits"
        " getdefaultencoding getfilesystemencoding getrecursionlimit getrefcount getsizeof"
        " hash_info hexversion implementation int_info intern maxsize maxunicode platform"
        " set_int_max_str_digits setrecursionlimit stderr stdout version version_info",
        rest="are the inside of the interpreter: modules, frames, hooks",
    ),
    "time": Exports(
        "clocks and pauses",
        "altzone asctime CLOCK_BOOTTIME clock_getres clock_gettime clock_gettime_ns"
        " CLOCK_MONOTONIC CLOCK_MONOTONIC_RAW CLOCK_PROCESS_CPUTIME_ID CLOCK_REALTIME CLOCK_TAI"
        " CLOCK_THREAD_CPUTIME_ID ctime daylight get_clock_info gmtime localtime mktime monotonic"
        " monotonic_ns perf_counter perf_counter_ns process_time process_time_ns sleep strftime"
        " strptime struct_time thread_time thread_time_ns time time_ns timezone tzname",
        without={
            "clock_settime clock_settime_ns": "set the clock",
            "pthread_getcpuclockid": "are for threads",
            "tzset": "read the environment",
        },
    ),
    "zoneinfo": Exports(
        "time zones",
        "available_timezones InvalidTZPathWarning TZPATH ZoneInfo ZoneInfoNotFoundError",
        without={
            "reset_tzpath": "read other files as time zones",
        },
    ),
}
