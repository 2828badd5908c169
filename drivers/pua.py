"""GBK's private-use code points and the characters they probably stand for: proposals, never applied silently.

Ministry and vendor fonts use the same range for other characters, so a clerk must compare with the printed card.

Source: GB 18030 block FE50-FEA0 (80 mappings), A8BC, A8BF, A989-A995 and the vertical forms of A6D9-A6F3.
"""

from __future__ import annotations

_FE50_BLOCK = """
E815 2E81  E816 20087 E817 20089 E818 200CC E819 2E84  E81A 3473  E81B 3447  E81C 2E88  E81D 2E8B  E81E 9FB4
E81F 359E  E820 361A  E821 360E  E822 2E8C  E823 2E97  E824 396E  E825 3918  E826 9FB5  E827 39CF  E828 39DF
E829 3A73  E82A 39D0  E82B 9FB6  E82C 9FB7  E82D 3B4E  E82E 3C6E  E82F 3CE0  E830 2EA7  E831 215D7 E832 9FB8
E833 2EAA  E834 4056  E835 415F  E836 2EAE  E837 4337  E838 2EB3  E839 2EB6  E83A 2EB7  E83B 2298F E83C 43B1
E83D 43AC  E83E 2EBB  E83F 43DD  E840 44D6  E841 4661  E842 464C  E843 9FB9  E844 4723  E845 4729  E846 477C
E847 478D  E848 2ECA  E849 4947  E84A 497A  E84B 497D  E84C 4982  E84D 4983  E84E 4985  E84F 4986  E850 499F
E851 499B  E852 49B7  E853 49B6  E854 9FBA  E855 241FE E856 4CA3  E857 4C9F  E858 4CA0  E859 4CA1  E85A 4C77
E85B 4CA2  E85C 4D13  E85D 4D14  E85E 4D15  E85F 4D16  E860 4D17  E861 4D18  E862 4D19  E863 4DAE  E864 9FBB
"""
_OTHERS = """
E7C7 1E3F  E7C8 01F9  E7E7 303E
E7E8 2FF0  E7E9 2FF1  E7EA 2FF2  E7EB 2FF3  E7EC 2FF4  E7ED 2FF5
E7EE 2FF6  E7EF 2FF7  E7F0 2FF8  E7F1 2FF9  E7F2 2FFA  E7F3 2FFB
E78D FE10  E78E FE12  E78F FE11  E790 FE13  E791 FE14  E792 FE15  E793 FE16  E794 FE17  E795 FE18  E796 FE19
"""


def _mapping(table: str) -> dict[str, str]:
    words = table.split()
    return {chr(int(old, 16)): chr(int(new, 16)) for old, new in zip(words[::2], words[1::2], strict=True)}


PROPOSALS: dict[str, str] = _mapping(_FE50_BLOCK) | _mapping(_OTHERS)


def proposal(code_point: str) -> str | None:
    """The character that a private-use code point, written `U+E863`, probably stands for."""
    return PROPOSALS.get(chr(int(code_point.removeprefix("U+"), 16)))
