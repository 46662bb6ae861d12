using System.IO.Pipelines;

namespace TacHost.Web.Serving;

/// <summary>Both directions of a connection.</summary>
internal sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
