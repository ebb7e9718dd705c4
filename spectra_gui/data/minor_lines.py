"""Lines that no type hangs on and that still make the features of a classification spectrum.

They name what a network looked at. The classes are those where the line stands out at a few
ångströms; inside a band (CN, G, MgH, TiO) only those where the band is not seen, since there the
band is what absorbs. Knows wavelengths only; `lines` makes the list of them.

A class is listed where the line is among the strongest within 1.5 Å, by gf, excitation and
ionisation at the temperature of the class, in M also against TiO, and where at least half of the
class means of the bundled model have a minimum or a shoulder there. Ion, wavelength, gf and
excitation are those of linemake and, above 4200 Å, also of the Gaia-ESO list as Turbospectrum has
it, which agree to 0.04 Å; Si II is in the latter only. Fe I 5107, Ti I 5014, 5514 and 6258 stand
between the two lines that make each.
"""

from __future__ import annotations

from typing import Final

LINE_LISTS: Final = (
    "Placco et al. 2021, RNAAS 5, 92 (linemake); Heiter et al. 2021, A&A 645, A106 (Gaia-ESO)"
)

# name, air Å, spectral classes
MINOR_LINES: Final = (
    ("Fe I 3860", 3859.91, "F"), ("Fe I 3872", 3872.50, "FM"), ("Si I 3906", 3905.52, "FG"),
    ("Fe I 3906", 3906.48, "K"), ("Fe I 3923", 3922.91, "GKM"), ("Fe I 3928", 3927.92, "GKM"),
    ("Fe I 4154", 4154.50, "FGK"), ("Fe I 4175", 4174.91, "M"), ("Fe I 4462", 4461.65, "FGKM"),
    ("Fe I 4467", 4466.55, "KM"), ("Fe I 4494", 4494.56, "FGK"), ("Fe II 4523", 4522.63, "AFG"),
    ("Ti II 4534", 4533.97, "AFG"), ("Ti I 4535", 4534.78, "KM"), ("Fe II 4556", 4555.89, "AF"),
    ("Cr II 4559", 4558.65, "A"), ("Ti II 4564", 4563.76, "AFGK"), ("Cr II 4588", 4588.20, "A"),
    ("Cr I 4613", 4613.36, "GK"), ("Cr I 4616", 4616.12, "M"), ("Fe II 4629", 4629.34, "AF"),
    ("Cr I 4646", 4646.16, "FGKM"), ("Cr I 4652", 4652.16, "M"), ("Ni I 4714", 4714.41, "FGK"),
    ("Mn I 4754", 4754.04, "F"), ("Mn I 4766", 4766.42, "F"), ("C I 4772", 4771.74, "AF"),
    ("Fe I 4773", 4772.81, "F"), ("Mn I 4783", 4783.43, "FG"), ("Mn I 4824", 4823.52, "FG"),
    ("Cr II 4824", 4824.13, "AF"), ("Cr II 4848", 4848.24, "F"), ("Fe I 4903", 4903.31, "FGK"),
    ("Fe I 4920", 4920.50, "FGKM"), ("Ba II 4934", 4934.08, "FGKM"), ("Fe I 4983", 4983.25, "FG"),
    ("Ti I 4991", 4991.07, "G"), ("Ti I 5014", 5014.24, "GKM"), ("Ti I 5040", 5039.96, "M"),
    ("Si II 5041", 5041.02, "BA"), ("Fe I 5041", 5041.07, "FGK"), ("Si II 5056", 5055.98, "BA"),
    ("Ti I 5065", 5064.65, "KM"), ("Fe I 5065", 5065.02, "FGK"), ("Fe I 5083", 5083.34, "FGKM"),
    ("Fe I 5107", 5107.54, "FGKM"), ("Fe I 5110", 5110.41, "FGKM"), ("Fe I 5134", 5133.69, "FGK"),
    ("Fe I 5139", 5139.46, "FGK"), ("Fe I 5143", 5142.93, "FGK"), ("Ni I 5146", 5146.48, "FG"),
    ("Fe I 5152", 5151.91, "GK"), ("Fe I 5216", 5216.27, "FG"), ("Fe I 5233", 5232.94, "FGK"),
    ("Fe II 5235", 5234.62, "AF"), ("Cr I 5248", 5247.57, "GKM"), ("Fe II 5276", 5276.00, "AF"),
    ("Fe I 5283", 5283.62, "FGK"), ("Cr I 5298", 5298.27, "GK"), ("Fe I 5302", 5302.30, "FGK"),
    ("Fe II 5317", 5316.61, "AFG"), ("Fe I 5324", 5324.18, "FGKM"), ("Fe I 5341", 5341.02, "FGKM"),
    ("Cr I 5346", 5345.80, "FGKM"), ("Cr I 5348", 5348.31, "FGK"), ("Fe II 5363", 5362.87, "AF"),
    ("Fe I 5383", 5383.37, "FG"), ("Cr I 5410", 5409.78, "FGKM"), ("Fe I 5424", 5424.07, "FG"),
    ("Ni I 5477", 5476.90, "FG"), ("Ca I 5513", 5512.98, "GK"), ("Ti I 5514", 5514.44, "M"),
    ("Fe I 5555", 5554.89, "FGK"), ("Fe I 5573", 5572.84, "FGK"), ("Fe I 5587", 5586.76, "FGK"),
    ("Ca I 5594", 5594.46, "FGKM"), ("Ti I 5675", 5675.41, "K"), ("V I 5698", 5698.52, "K"),
    ("V I 5727", 5727.05, "GK"), ("Cr I 5784", 5783.85, "GK"), ("Ba II 5854", 5853.67, "FG"),
    ("Ca I 5857", 5857.45, "FG"), ("Ti I 5953", 5953.16, "K"), ("Ti I 5966", 5965.83, "KM"),
    ("Fe I 6056", 6056.00, "FG"), ("Fe I 6065", 6065.48, "FGKM"), ("Fe I 6137", 6136.61, "FGKM"),
    ("Fe I 6192", 6191.56, "FG"), ("Fe I 6231", 6230.72, "FGKM"), ("Fe I 6246", 6246.32, "FGK"),
    ("Fe II 6248", 6247.56, "A"), ("Fe I 6253", 6252.55, "FGKM"), ("Fe I 6254", 6254.26, "GK"),
    ("Ti I 6258", 6258.40, "KM"), ("Fe I 6337", 6336.82, "FGK"), ("Fe I 6394", 6393.60, "FG"),
    ("Fe I 6408", 6408.02, "FGKM"), ("Fe I 6412", 6411.65, "FGK"), ("Fe I 6421", 6421.35, "FGKM"),
    ("Fe I 6431", 6430.84, "FGKM"), ("Ca I 6450", 6449.81, "FGKM"), ("Fe II 6456", 6456.38, "AF"),
    ("Fe II 6516", 6516.08, "AF"), ("Ca I 6573", 6572.78, "GKM"), ("Fe I 6593", 6592.91, "FGK"),
    ("Ni I 6644", 6643.63, "FGK"), ("Fe I 6678", 6677.99, "FG"), ("Ca I 6718", 6717.68, "FG"),
    ("Ti I 6743", 6743.12, "KM"), ("Fe I 6753", 6752.71, "K"), ("Ni I 6768", 6767.77, "FGKM"),
)  # fmt: skip
