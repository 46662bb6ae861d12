namespace FastPoetry.Web.XmlRpc;

/// <summary>A call: the method, and parameters of the types that <see cref="XmlRpcReader"/> names.</summary>
internal sealed record XmlRpcCall(string Method, IReadOnlyList<object> Parameters);
