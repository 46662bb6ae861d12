namespace TacHost.TestSupport;

/// <summary>Tests that measure or change what belongs to the whole process. No other test of the process runs meanwhile.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class AloneCollection;
