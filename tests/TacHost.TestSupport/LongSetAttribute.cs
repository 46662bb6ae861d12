using Xunit.v3;

namespace TacHost.TestSupport;

/// <summary>A soak, a flood or a fuzzer, which CI runs apart from the other tests: <c>dotnet test -p:TestSet=long</c>.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class LongSetAttribute : Attribute, ITraitAttribute
{
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("Set", "long")];
}
