namespace TacHost.Services;

/// <summary>A service that hands what it knows to the service that a reload puts in its place.</summary>
/// <remarks>
/// Both must implement the same closed type. With a state of .NET's own types it is handed over also if the class of the service was compiled again;
/// with a state of the tac's own classes the successor starts empty. What happens to the old service after <see cref="HandOver"/> is lost.
/// </remarks>
/// <typeparam name="TState">What is handed over.</typeparam>
public interface IHandsOver<TState>
{
    /// <summary>Returns what the successor should know. Called on the running service, which goes on serving; must neither block nor stop anything.</summary>
    TState HandOver();

    /// <summary>Receives the state. Called after <see cref="Service.OnStartAsync"/> and before the service takes the place of the old one. If it throws, the reload is undone.</summary>
    /// <param name="state">What <see cref="HandOver"/> of the predecessor returned.</param>
    void TakeOver(TState state);
}
