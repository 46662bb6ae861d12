namespace TacHost.Services.Supervision;

/// <summary>The end of a child's run.</summary>
/// <param name="Child">The child of the group.</param>
/// <param name="Origin">The service that has ended, the child itself or one below it.</param>
/// <param name="Failure">The reason, or null if the body has returned.</param>
/// <param name="IsFailedStart">True if a start of the child has failed.</param>
internal readonly record struct ChildExit(IService Child, IService Origin, Exception? Failure, bool IsFailedStart = false);
