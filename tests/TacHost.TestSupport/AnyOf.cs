using CsCheck;

namespace TacHost.TestSupport;

/// <summary>Generates one of some values.</summary>
public static class AnyOf
{
    public static Gen<T> These<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);
}
