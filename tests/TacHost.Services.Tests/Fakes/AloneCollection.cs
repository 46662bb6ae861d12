namespace TacHost.Services.Tests.Fakes;

/// <summary>Tests that look at, or change, what the whole process has: nothing else may run meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
