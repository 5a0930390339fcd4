"""Numbers, sequences of them, and chance."""

from __future__ import annotations

from executors.local.guard.modules.exports import Exports

EXPORTS = {
    "array": Exports(
        "arrays of numbers",
        "array ArrayType typecodes",
    ),
    "bisect": Exports(
        "search in sorted lists",
        "bisect bisect_left bisect_right insort insort_left insort_right",
    ),
    "cmath": Exports(
        "functions of complex numbers",
        "acos acosh asin asinh atan atanh cos cosh e exp inf infj isclose isfinite isinf isnan"
        " log log10 nan nanj phase pi polar rect sin sinh sqrt tan tanh tau",
    ),
    "colorsys": Exports(
        "colour systems",
        "hls_to_rgb hsv_to_rgb rgb_to_hls rgb_to_hsv rgb_to_yiq yiq_to_rgb",
    ),
    "decimal": Exports(
        "decimal numbers",
        "BasicContext Clamped Context ConversionSyntax Decimal DecimalException DecimalTuple"
        " DefaultContext DivisionByZero DivisionImpossible DivisionUndefined ExtendedContext"
        " FloatOperation getcontext Inexact InvalidContext InvalidOperation localcontext MAX_EMAX"
        " MAX_PREC MIN_EMIN MIN_ETINY Overflow ROUND_05UP ROUND_CEILING ROUND_DOWN ROUND_FLOOR"
        " ROUND_HALF_DOWN ROUND_HALF_EVEN ROUND_HALF_UP ROUND_UP Rounded setcontext Subnormal"
        " Underflow",
        without={
            "HAVE_CONTEXTVAR HAVE_THREADS": "say how the module was built",
        },
    ),
    "fractions": Exports(
        "rational numbers",
        "Fraction",
    ),
    "heapq": Exports(
        "heaps",
        "heapify heappop heappush heappushpop heapreplace merge nlargest nsmallest",
    ),
    "itertools": Exports(
        "iterators in C; endless ones end at the limit of time",
        "accumulate batched chain combinations combinations_with_replacement compress count"
        " cycle dropwhile filterfalse groupby islice pairwise permutations product repeat starmap"
        " takewhile tee zip_longest",
    ),
    "math": Exports(
        "functions of numbers",
        "acos acosh asin asinh atan atan2 atanh cbrt ceil comb copysign cos cosh degrees dist e"
        " erf erfc exp exp2 expm1 fabs factorial floor fma fmod frexp fsum gamma gcd hypot inf"
        " isclose isfinite isinf isnan isqrt lcm ldexp lgamma log log10 log1p log2 modf nan"
        " nextafter perm pi pow prod radians remainder sin sinh sqrt sumprod tan tanh tau trunc"
        " ulp",
    ),
    "numbers": Exports(
        "the abstract kinds of numbers",
        "Complex Integral Number Rational Real",
    ),
    "operator": Exports(
        "operators as functions; `attrgetter` and `methodcaller` are the guard's own",
        "abs add and_ attrgetter call concat contains countOf delitem eq floordiv ge getitem gt"
        " iadd iand iconcat ifloordiv ilshift imatmul imod imul index indexOf inv invert ior ipow"
        " irshift is_ is_not isub itemgetter itruediv ixor le length_hint lshift lt matmul"
        " methodcaller mod mul ne neg not_ or_ pos pow rshift setitem sub truediv truth xor",
    ),
    "random": Exports(
        "pseudo-random numbers; `SystemRandom` asks the kernel",
        "betavariate binomialvariate choice choices expovariate gammavariate gauss getrandbits"
        " getstate lognormvariate normalvariate paretovariate randbytes randint Random random"
        " randrange sample seed setstate shuffle SystemRandom triangular uniform vonmisesvariate"
        " weibullvariate",
    ),
    "secrets": Exports(
        "random numbers of the kernel",
        "choice compare_digest randbelow randbits SystemRandom token_bytes token_hex token_urlsafe",
    ),
    "statistics": Exports(
        "statistics",
        "correlation covariance fmean geometric_mean harmonic_mean kde kde_random"
        " linear_regression LinearRegression mean median median_grouped median_high median_low"
        " mode multimode NormalDist pstdev pvariance quantiles StatisticsError stdev variance",
    ),
}
