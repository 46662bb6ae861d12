namespace TacHost.Services;

/// <summary>A service that transfers its state to the service that replaces it in a reload.</summary>
/// <remarks>
/// Both services must implement the interface with the same type argument. With a framework
/// type, the state is transferred even if the class of the service was recompiled.
/// With a class of the tac file, the successor starts without the state. Changes of the old service's state after <see cref="HandOver"/> are lost.
/// </remarks>
/// <typeparam name="TState">The type of the state.</typeparam>
public interface IHandsOver<TState>
{
    /// <summary>Returns the state for the successor. Called on the running service, which continues to serve. Must neither block nor stop anything.</summary>
    TState HandOver();

    /// <summary>
    /// Receives the state. Called after <see cref="Service.OnStartAsync"/> and before the
    /// service replaces the old one. If it throws, the reload is rolled back.
    /// </summary>
    /// <param name="state">The state that <see cref="HandOver"/> of the predecessor returned.</param>
    void TakeOver(TState state);
}
