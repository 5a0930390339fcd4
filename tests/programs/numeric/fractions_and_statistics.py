import statistics as st
from fractions import Fraction
from math import pi

third = Fraction(1, 3)
print(third + Fraction("0.25"), third * 3 == 1, Fraction(pi).limit_denominator(1000), Fraction(2.5).as_integer_ratio(), round(Fraction(7, 2)))
print(sum(Fraction(1, n) for n in range(1, 11)), float(third), max(third, 0.3), f"{float(Fraction(22, 7)):.4f}", third ** -2)
data = [2, 4, 4, 4, 5, 5, 7, 9]
print(st.mean(data), st.median(data), st.mode(data), st.pstdev(data), round(st.stdev(data), 6), st.variance(data), st.multimode("aabb"))
print(st.quantiles(data, n=4), st.fmean(data), st.harmonic_mean([40, 60]), st.geometric_mean([1, 3, 9]), st.median_low(data))
fit = st.linear_regression([1, 2, 3, 4], [2.1, 3.9, 6.2, 7.8])
print(round(fit.slope, 4), round(fit.intercept, 4), round(st.correlation([1, 2, 3], [1, 2, 4]), 6), st.NormalDist(10, 2).cdf(12))
st.mean([])
