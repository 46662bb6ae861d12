namespace TacHost.Control.Server;

/// <summary>The exception for a call that cannot be executed.</summary>
/// <param name="code">One of <see cref="Wire.ControlError"/>.</param>
/// <param name="message">The reason, for the client.</param>
internal sealed class ControlException(int code, string message) : Exception(message)
{
    public int Code => code;
}
