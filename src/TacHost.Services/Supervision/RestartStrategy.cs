namespace TacHost.Services.Supervision;

/// <summary>Which children a <see cref="Supervisor"/> restarts when one has ended. Erlang's strategies.</summary>
public enum RestartStrategy
{
    /// <summary>Only the child that has ended.</summary>
    OneForOne,

    /// <summary>All children: they are stopped in reverse and started in order.</summary>
    OneForAll,

    /// <summary>The child that has ended and those added after it.</summary>
    RestForOne,
}
