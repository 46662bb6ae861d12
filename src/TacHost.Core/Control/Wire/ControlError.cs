namespace TacHost.Control.Wire;

/// <summary>The error codes. The codes of JSON-RPC are negative; all others are exit codes.</summary>
internal static class ControlError
{
    public const int NotJson = -32700;
    public const int NotARequest = -32600;
    public const int NoSuchMethod = -32601;
    public const int InvalidParameters = -32602;
}
