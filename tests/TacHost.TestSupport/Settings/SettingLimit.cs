namespace TacHost.TestSupport.Settings;

/// <summary>Values at both ends of what a setting accepts, and values beyond.</summary>
public sealed record SettingLimit(IReadOnlyList<object> Accepted, IReadOnlyList<object> Refused);
