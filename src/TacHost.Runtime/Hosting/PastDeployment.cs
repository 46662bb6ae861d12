namespace TacHost.Hosting;

/// <summary>A deployment that runs, or ran before.</summary>
/// <param name="Number">The number, counted from 1 for the start.</param>
/// <param name="Since">The time at which it began to run.</param>
/// <param name="Source">The source.</param>
/// <param name="What">The description of the change that led to it.</param>
internal sealed record PastDeployment(int Number, DateTimeOffset Since, IApplicationSource Source, string What);
