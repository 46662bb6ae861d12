namespace TacHost.Services.Supervision;

/// <summary>The set of children that a <see cref="Supervisor"/> restarts when one has ended. Erlang's strategies.</summary>
public enum RestartStrategy
{
    /// <summary>Only the child that has ended.</summary>
    OneForOne,

    /// <summary>All children. They are stopped in reverse order and started in order.</summary>
    OneForAll,

    /// <summary>The child that has ended and those added after it.</summary>
    RestForOne,
}
